import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def said(message):
    return f"{message.text} {message.location['url']}"


def test_an_editor_signs_in_with_name_and_password(live_server, editor, page):
    editor.user.set_password("four words in a row")
    editor.user.save()
    refused = []
    page.on("console", lambda message: refused.append(said(message)) if message.type == "error" else None)
    page.on("requestfailed", lambda request: refused.append(request.url))

    page.goto(f"{live_server.url}/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill("four words in a row")
    page.get_by_role("button", name="Log in").click()

    expect(page).to_have_url(f"{live_server.url}/admin/")
    expect(page.locator("#user-tools")).to_contain_text("editor")
    assert refused == []


def test_a_page_of_the_cast_is_signed_in(editor_page, live_server):
    editor_page.goto(f"{live_server.url}/admin/password_change/")

    expect(editor_page).to_have_url(re.compile(r"/admin/password_change/$"))
