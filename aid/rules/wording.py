"""How far a pledge has come, by the words of an article: what each verb says has been reached."""

import re
from dataclasses import dataclass
from itertools import takewhile

from aid.choices import Stage

# English is read, and only words that leave no choice are read as a claim: who writes “will deliver” or “promises to
# pay” claims nothing yet.


@dataclass(frozen=True)
class Verb:
    """A verb in its forms. `needs`: what else must stand there, "cargo" (some aid), "cargo before", or a particle."""

    bare: str
    present: str
    past: str
    participle: str
    going: str
    needs: str = ""

    @property
    def forms(self):
        return {self.bare, self.present, self.past, self.participle, self.going}


def _verb(stem, past="", participle="", needs=""):
    short = stem.removesuffix("e")
    past = past or f"{short}ed"
    return Verb(stem, f"{stem}s", past, participle or past, f"{short}ing", needs)


# What each verb says has been reached. A pledge that has come less far is not written about in it.
CLAIMS = {
    Stage.COMMITTED: [Verb("commit", "commits", "committed", "committed", "committing")],
    Stage.ALLOCATED: [
        _verb("allocate"), _verb("earmark"), _verb("appropriate"), _verb("approve", needs="cargo"),
        _verb("award", needs="cargo"), _verb("grant", needs="cargo"),
        Verb("set", "sets", "set", "set", "setting", needs="aside"),
    ],
    Stage.DISBURSED: [
        _verb("pay", "paid"), _verb("disburse"), _verb("send", "sent"), _verb("give", "gave", "given"),
        _verb("donate"), _verb("provide", needs="cargo"), _verb("receive", needs="cargo"),
        Verb("supply", "supplies", "supplied", "supplied", "supplying", needs="cargo"),
        Verb("transfer", "transfers", "transferred", "transferred", "transferring", needs="cargo"),
        Verb("get", "gets", "got", "gotten", "getting", needs="cargo"),
    ],
    Stage.DELIVERED: [
        _verb("deliver"), Verb("ship", "ships", "shipped", "shipped", "shipping"), _verb("hand", needs="over"),
        _verb("arrive", needs="cargo before"),
        Verb("reach", "reaches", "reached", "reached", "reaching", needs="cargo before"),
    ],
}  # fmt: skip
# Forms that are nouns too: they are read as verbs only between a name and what is given.
NOUNS = {"ship", "ships", "supply", "supplies", "transfer", "transfers", "grant", "grants", "award", "awards", "pay",
         "set", "sets", "hand", "hands"}  # fmt: skip

MODALS = {"will", "would", "shall", "should", "may", "might", "can", "could", "must", "ought", "cannot"}
BEING = {"is", "are", "was", "were", "be", "been", "being", "has", "have", "had", "having", "get", "gets", "got"}
NOT = {"not", "never", "no", "none", "nothing", "nobody", "neither", "nor", "without", "hardly", "barely", "cannot"}
NO_SUCH = {"no", "nothing", "none", "neither", "nobody", "little"}
OPEN = {"if", "whether", "unless", "until", "till", "before", "how", "provided", "assuming"}
# “When it arrives” is open, “when it arrived” is told.
OPEN_AHEAD = {"when", "once", "after", "as"}
WANTING = re.compile(
    r"(?:want|demand|ask|urg|need|hop|expect|promis|pledg|vow|help)(?:e|s|es|ed)?\Z|(?:let|make)s?\Z|made\Z"
)
GOES_ON = {"by", "after", "starts", "start", "started", "begins", "begin", "began", "keeps", "kept", "continues",
           "continued", "finishes", "finished", ","}  # fmt: skip
BESIDE = {
    "also",
    "already",
    "now",
    "yet",
    "ever",
    "still",
    "just",
    "soon",
    "all",
    "both",
    "then",
    "so",
    "far",
    "since",
}
ARTICLES = {"a", "an", "the", "its", "their", "his", "her", "our", "this", "that", "these", "those", "some", "any",
            "all", "more", "new", "another", "further", "additional", "extra", "first", "about", "nearly", "over",
            "up", "it", "them", "both", "at", "every", "each", "many", "several", "half"}  # fmt: skip
PRONOUNS = {"it", "they", "he", "she", "who", "which", "that", "and"}
# What is sent, given, paid or delivered and is no aid.
NO_AID = re.compile(
    r"(?:messages?|signals?|letters?|delegations?|envoys?|ministers?|condolences|greetings|regards|warnings?|tributes?|"
    r"visits?|attention|respects|heed|speech(?:es)?|statements?|verdicts?|lectures?|remarks|blows?|promises?|pledges?|"
    r"offers?|commitments?|assurances?|guarantees?|details|reasons?|evidence|notice|approval|permission|priority|hope|"
    r"answers?|figures?|dates?|word|rise|interviews?|views?|credit|thanks|way|birth|invitations?|invoices?|up|go-ahead)\Z"
)
CARGO = re.compile(
    r"(?:\d.*|[$€£₴].*|million|billion|thousands?|hundreds?|dozens?|kron(?:er?|or|a)|dollars?|euros?|pounds?|hryvnias?|"
    r"money|funds?|funding|cash|sums?|aid|assistance|donations?|packages?|weapons?|arms|ammunition|shells?|missiles?|"
    r"rockets?|drones?|jets?|aircraft|helicopters?|tanks?|vehicles?|howitzers?|artillery|guns?|launchers?|systems?|"
    r"equipment|gear|boats?|generators?|radars?|mines?|trucks?|uniforms?|loans?|grants?|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|first|help|support|tools?|leopards?|abrams|patriots?|caesars?|f-16s?|batter(?:y|ies)|deliver(?:y|ies)|shipments?)\Z"
)
NEAR = 8

_WORD = re.compile(r"[$€£₴]?\w+(?:[.,'-]\w+)*|[,]")
_CLAUSE = re.compile(r"[;:–—]|[.!](?=\s|$)|\b(?:but|while|whereas|although|though)\b|\byet\b(?! to\b)")
_QUESTION = re.compile(r"[^.!?;:–—]*\?")


def stage_claims(text):
    """What an English text says has been reached, verb by verb: [(its words, Stage)].

    Left out is what it says will be, may be, was not, or is asked to be; questions; and what is sent or given that
    is no aid. It reads words and no grammar: an editor can let pass what it misreads.
    """
    text = _QUESTION.sub(" . ", text.replace("’", "'"))
    found = []
    for clause in _CLAUSE.split(text):
        words = [match[0] for match in _WORD.finditer(clause)]
        lower = [word.lower() for word in words]
        for stage, verbs in CLAIMS.items():
            for verb in verbs:
                for index, word in enumerate(lower):
                    if word in verb.forms and _claims(verb, word, words, lower, index):
                        found.append((_told(lower, words, index, verb), stage))
    return found


def _told(lower, words, index, verb):
    """The verb with the auxiliaries before it: “has been given”."""
    first = index - len(_before(lower, index))
    last = lower.index(verb.needs, index) if verb.needs in ("over", "aside") else index
    return " ".join(words[first : last + 1])


def _before(lower, index):
    """The auxiliaries and adverbs right before a verb, the nearest first."""
    return list(
        takewhile(lambda word: word in BEING | BESIDE | NOT or word.endswith(("ly", "n't")), lower[:index][::-1])
    )


def _claims(verb, word, words, lower, index):
    piece = lower[:index][len(lower[:index]) - lower[:index][::-1].index(",") if "," in lower[:index] else 0 :]
    if not _is_used(verb, word, words, lower, index) or _is_denied(word, verb, piece, lower[index + 1 :]):
        return False
    if piece[-1:] in (["who"], ["what"]) and (len(piece) > 1 or index == 1):
        # “Who pays is open”; but “Denmark, who pays for it,” does.
        return False
    if OPEN & set(piece) or (word in (verb.present, verb.bare) and OPEN_AHEAD & set(piece)):
        return False
    chain = _before(lower, index)
    before = lower[index - len(chain) - 1] if index > len(chain) else ""
    if word in (verb.past, verb.participle):
        return _is_told_of(verb, word, lower, index, chain, before, piece)
    if word == verb.going:
        return _goes_on(words, lower, index, chain, before)
    # “Delivers” stands under no modal; “deliver” does, and at the beginning it is a demand.
    return word == verb.present or not (index == 0 or _is_ahead(lower[:index], words) or _is_wanted(piece))


def _is_used(verb, word, words, lower, index):
    """Whether it is this verb at all: no noun, with its particle, with something that is aid."""
    following, ahead = lower[index + 1 : index + 1 + NEAR], words[index + 1 : index + 2]
    if word in NOUNS and verb.needs not in ("over", "aside"):
        subject = words[index - 1] if index else ""
        named = subject[:1].isupper() or subject in PRONOUNS | BEING | BESIDE
        named = named or (word == verb.bare and subject.endswith("s"))
        given = bool(ahead) and (ahead[0][:1].isupper() or ahead[0].lower() in ARTICLES or CARGO.match(ahead[0]))
        if not (named and given):
            return False
    if verb.needs in ("over", "aside"):
        return verb.needs in following[:4]
    if verb.needs in ("cargo", "cargo before"):
        before = lower[max(0, index - NEAR) : index]
        return any(CARGO.match(near) for near in (before if "before" in verb.needs else [*before, *following]))
    # “Given the war” gives nothing.
    return word != "given" or bool(set(_before(lower, index)) & BEING) or following[:1] in (["to"], ["by"])


def _is_denied(word, verb, piece, following):
    """Whether it says that nothing was given, or that what was given is no aid."""
    if following[:1] == ["on"]:
        # Who delivers on a promise has delivered.
        following = []
    if NO_SUCH & set(following[:2]) or any(NO_AID.match(near) for near in _object(following)):
        return True
    for place in range(len(piece) - 1, max(-1, len(piece) - 1 - 2 * NEAR), -1):
        near = piece[place]
        if near == "and" and not NO_SUCH & set(piece[:place]):
            return False
        if (near in NOT or near.endswith("n't")) and piece[place + 1 : place + 2] not in (["only"], ["just"]):
            return True
    return False


def _object(following):
    """The words up to the noun that a verb is about: “its first message”."""
    found = []
    for word in following[:4]:
        found.append(word)
        if word in ("to", "for", "of", "in", "and", ",") or CARGO.match(word):
            break
    return found


def _is_told_of(verb, word, lower, index, chain, before, piece):
    """“Has been delivered”, not “to be delivered”, “will be bought and delivered” or “wants it delivered”."""
    if "be" in chain or before in MODALS | {"to"}:
        return False
    if not chain and _is_wanted(piece):
        return False
    if before in ("and", "or", ",") and "be" in lower[:index] and (MODALS | {"to"}) & set(lower[:index]):
        return False
    return word == verb.past or bool(chain) or word == "given"


def _is_wanted(piece):
    return any(WANTING.match(word) for word in piece)


def _goes_on(words, lower, index, chain, before):
    if set(chain) & (BEING - {"be"}):
        return before not in MODALS | {"to"} and "be" not in chain
    is_led = index > 0 and (words[index - 1][:1].isupper() or lower[index - 1] in GOES_ON)
    return is_led and not _is_ahead(lower[:index], words)


def _is_ahead(lower, words):
    """Whether a modal or an infinitive's “to” stands before, so that a bare verb after it is still to come."""
    for place, word in enumerate(lower):
        following = words[place + 1 : place + 2]
        if word in MODALS or word.endswith(("'ll", "n't")) or word in ("do", "does", "did"):
            return True
        if word == "to" and not (following and (following[0][:1].isupper() or following[0].lower() in ARTICLES)):
            return True
    return False


def stronger(text, reached):
    """The claims of a text that go beyond the Stage reached: [(its words, Stage)]."""
    ladder = (Stage.ANNOUNCED, *CLAIMS)
    return [(words, stage) for words, stage in stage_claims(text) if ladder.index(stage) > ladder.index(reached)]
