"""What headlines claim about how far a pledge has come, and what they leave open."""

import pytest

from aid.choices import Stage
from aid.rules.wording import CLAIMS, stage_claims, stronger

TOO_STRONG = [
    "Denmark delivers 91 million kroner to Ukraine",
    "Denmark delivered 91 million kroner",
    "Denmark has delivered 91 million kroner",
    "Denmark is delivering cyber defence gear",
    "Denmark delivering tanks to Ukraine",
    "Danes deliver tanks to Ukraine",
    "91 million kroner delivered to Kyiv",
    "91 million kroner has already been delivered, minister says",
    "Tanks are being delivered to Ukraine",
    "Denmark delivers on its promise of 91 million",
    "Denmark pays 91 million kroner",
    "Denmark paid 91 million kroner",
    "Denmark has paid Ukraine 91 million",
    "91 million kroner paid to Ukraine",
    "Nordic countries pay 91 million kroner for drones",
    "Denmark sends 91 million kroner",
    "Denmark sent 91 million kroner to Kyiv on Monday",
    "Denmark has sent tanks",
    "Denmark is sending tanks",
    "Denmark has given 91 million kroner",
    "Denmark gives Ukraine 91 million kroner",
    "Denmark gave Ukraine tanks",
    "91 million kroner given to Ukraine",
    "Ukraine gets 91 million kroner",
    "Ukraine receives 91 million kroner from Denmark",
    "Ukraine has received Danish tanks",
    "Denmark hands over 19 howitzers",
    "Denmark handed 19 howitzers over to Ukraine",
    "Denmark has handed over tanks",
    "Denmark ships 12 tanks to Ukraine",
    "Denmark shipped tanks",
    "Denmark supplies 12 tanks",
    "Denmark supplied weapons to Ukraine",
    "Denmark transfers 91 million kroner to Kyiv",
    "Denmark donates 91 million kroner",
    "Denmark has provided 91 million kroner",
    "Danish money provided by the fund arrives in Kyiv",
    "The first Danish tanks arrived in Kyiv",
    "Denmark disburses 91 million kroner",
    "Denmark has not only promised but delivered tanks",
    "Kyiv says Denmark has delivered the tanks",
    "After Denmark delivered tanks, Estonia follows",
    "Denmark helps Ukraine, sending 91 million kroner",
    "Denmark starts sending tanks",
    "Denmark will not wait and sends tanks",
    "Denmark’s minister: tanks have been sent",
    "Denmark, which sends tanks, joins the coalition",
    "Denmark, who pays for drones, joins the coalition",
    "Kyiv gets 19 Caesar howitzers from Copenhagen",
    "German Leopards reach Ukraine",
    "F-16s delivered, says minister",
    "Donated tanks arrive at the front",
    "The kingdom paid the sum in January",
    "Ukraine is given 91 million kroner",
    "Denmark sends Ukraine 91 million kroner, pledges more",
    "Denmark pledges more after sending 91 million kroner",
    "Denmark gives away all its artillery",
    "Denmark: we have delivered",
]
NOT_TOO_STRONG = [
    "Denmark allocates 91 million kroner for Ukraine’s cyber defence",
    "Denmark has allocated 91 million kroner",
    "Denmark sets aside 91 million kroner",
    "Denmark earmarks 91 million kroner",
    "Denmark commits 91 million kroner",
    "Denmark pledges 91 million kroner",
    "Denmark promises to deliver 91 million kroner",
    "Denmark will deliver 91 million kroner",
    "Denmark’ll pay 91 million kroner",
    "Denmark to send 91 million kroner to Ukraine",
    "Denmark is to give Ukraine 91 million",
    "Denmark would pay 91 million kroner",
    "Denmark may send tanks",
    "Denmark could soon deliver tanks",
    "Denmark can now pay",
    "Denmark plans delivery of tanks",
    "Delivery of Danish tanks not stated",
    "Delivery not stated",
    "When the money arrives is not stated",
    "How the 91 million kroner is paid is not stated",
    "Whether tanks were delivered is unknown",
    "If Denmark sends tanks, others follow",
    "Denmark has not delivered the tanks",
    "Denmark hasn’t delivered the tanks",
    "Denmark never sent the tanks",
    "No Danish tanks and shells delivered so far",
    "None of the 91 million kroner has been paid",
    "Denmark sends no tanks",
    "Denmark gives nothing to Ukraine",
    "Denmark has yet to deliver 91 million kroner",
    "91 million kroner yet to be paid",
    "91 million kroner to be delivered in 2025",
    "91 million kroner will be paid in 2025",
    "Tanks will be bought and delivered in 2025",
    "Tanks expected to have been delivered by June",
    "Denmark wants tanks delivered by June",
    "Denmark urged to deliver tanks",
    "Kyiv asks Denmark to send tanks",
    "Denmark refuses to send tanks",
    "Denmark considers sending tanks",
    "Denmark considering sending tanks",
    "Denmark agrees on sending tanks",
    "Denmark helps without sending tanks",
    "Has Denmark delivered its tanks?",
    "Will Denmark send tanks? Kyiv waits",
    "Denmark sends a message to Moscow",
    "Denmark sends its defence minister to Kyiv",
    "Denmark’s minister delivers speech on aid",
    "Denmark gives no date for 91 million kroner",
    "Denmark gives Ukraine hope",
    "Danish minister pays tribute to Ukraine’s forces",
    "Danish minister pays visit to Kyiv",
    "Given the war, Denmark allocates 91 million",
    "Ukraine receives pledge of help from Denmark",
    "Ukraine gets ready for winter",
    "Poulsen arrives in Kyiv",
    "Danish ships leave for Odesa",
    "Medical supplies for Ukraine discussed",
    "Denmark allocates 91 million for supplies",
    "Two partners have announced help without giving sums",
    "Denmark helps deliver cyber defence",
    "Send more tanks, Kyiv asks Denmark",
    "Denmark approves of talks",
    "Denmark must give more, Kyiv says",
    "Denmark commits to delivering 91 million kroner",
    "Denmark approves sending of tanks",
    "Danish aid that may be delivered in 2025",
    "Denmark has decided to pay for drones",
    "Ukraine asks when Denmark delivers",
    "What Denmark will give Ukraine",
    "Who pays for Ukraine’s defence is open",
    "Denmark allocates 91 million kroner; delivery date not given",
    "The sum has been set aside, not paid",
    "Denmark allocates, but has not paid, 91 million kroner",
    "Money promised, but not delivered",
    "Parliament must approve before Denmark sends tanks",
    "Denmark and Estonia discuss who sends what",
    "Denmark gives up on plan",
    "Denmark gives go-ahead for 91 million kroner",
    "Ship with grain leaves Odesa",
    "Denmark stops sending tanks",
    "91 million kroner due to arrive in June",
    "The money is for the armed forces and the Ministry of Defence.",
    "",
    "91",
]


@pytest.mark.parametrize("headline", TOO_STRONG)
def test_what_says_that_aid_is_there_is_too_strong_for_what_is_allocated(headline):
    assert stronger(headline, Stage.ALLOCATED)


@pytest.mark.parametrize("headline", NOT_TOO_STRONG)
def test_what_leaves_it_open_is_not(headline):
    assert stronger(headline, Stage.ALLOCATED) == []


@pytest.mark.parametrize("headline", [h for h in TOO_STRONG if "sends" in h or "pays" in h or "gives" in h])
def test_what_was_paid_was_paid_and_what_was_delivered_was_sent(headline):
    assert stronger(headline, Stage.DISBURSED) == []
    assert stronger(headline, Stage.DELIVERED) == []


def test_delivered_is_more_than_disbursed():
    assert stronger("Denmark delivers tanks", Stage.DISBURSED) == [("delivers", Stage.DELIVERED)]
    assert stronger("Denmark delivers tanks", Stage.DELIVERED) == []


@pytest.mark.parametrize(
    ("headline", "claimed"),
    [
        ("Denmark allocates 91 million", ("allocates", Stage.ALLOCATED)),
        ("Denmark has approved 91 million kroner", ("has approved", Stage.ALLOCATED)),
        ("Denmark sets 91 million kroner aside", ("sets 91 million kroner aside", Stage.ALLOCATED)),
        ("Denmark commits 91 million", ("commits", Stage.COMMITTED)),
    ],
)
def test_what_is_only_announced_is_not_allocated(headline, claimed):
    assert stronger(headline, Stage.ANNOUNCED) == [claimed]


def test_each_verb_is_read_in_each_of_its_forms():
    unread = []
    for stage, verbs in CLAIMS.items():
        for verb in verbs:
            tail = f"{verb.needs} tanks" if verb.needs in ("over", "aside") else "12 tanks"
            who, whose = ("Aid", "Weapons") if verb.needs == "cargo before" else ("Denmark", "Danes")
            for words in (f"{who} {verb.present}", f"{who} {verb.past}", f"{who} has {verb.participle}",
                          f"{who} is {verb.going}", f"{whose} {verb.bare}"):  # fmt: skip
                if [found for _, found in stage_claims(f"{words} {tail}")] != [stage]:
                    unread.append(f"{words} {tail}")
    assert unread == []


def test_words_of_a_claim_are_given_as_they_stand():
    assert stage_claims("Tanks have already been delivered") == [("have already been delivered", Stage.DELIVERED)]
