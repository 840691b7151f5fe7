"""Who signed in to the desk, who signed out, and who tried to."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from aid.actions.log import log, log_stranger
from aid.choices import AuditAction


def watch_sign_ins():
    """Has Django tell of every login, logout and failed login, by whatever page it comes."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit_login")
    user_logged_out.connect(_signed_out, dispatch_uid="audit_logout")
    user_login_failed.connect(_refused, dispatch_uid="audit_login_failed")


def _signed_in(sender, user, **kwargs):
    log(AuditAction.LOGIN, user, changes=())


def _signed_out(sender, user, **kwargs):
    # Whoever signs out twice was nobody the second time.
    if user is not None:
        log(AuditAction.LOGOUT, user, changes=())


def _refused(sender, credentials, **kwargs):
    refuse_sign_in(credentials.get("username"))


def refuse_sign_in(username, why="The name or the password was wrong."):
    """Notes a failed login under the name as it was typed. Nothing else that was typed is kept."""
    log_stranger(AuditAction.LOGIN_FAILED, str(username or ""), why)
