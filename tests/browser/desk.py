"""How does a person use the pages? Sign in, open a task, fill a form by its questions, send files."""

import os
from collections.abc import Mapping
from types import TracebackType

from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from app.demo.people import DOMAIN, PASSWORD

Answers = Mapping[str, object]
#: A page that takes longer than this is broken, not slow.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


class Desk:
    """One person at one browser, in a session of their own."""

    def __init__(self, browser: Browser, url: str, login: str) -> None:
        self.url = url
        self.login = login
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="fr-FR"
        )
        self.context.set_default_timeout(PATIENCE)
        self.page: Page = self.context.new_page()
        self.errors: list[str] = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "response",
            lambda answer: (
                self.errors.append(f"{answer.status} {answer.url}")
                if answer.status >= 500
                else None
            ),
        )

    def __enter__(self) -> "Desk":
        self.sign_in()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None and (folder := os.environ.get("SCREENSHOTS")):
            self.page.screenshot(path=f"{folder}/{self.login}.png", full_page=True)
        self.context.close()
        if kind is None:
            assert not self.errors, self.errors

    def sign_in(self) -> None:
        """Through the sign-in page, like anybody."""
        self.open("/connexion")
        self.page.fill("[name=email]", f"{self.login}@{DOMAIN}")
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.press("[name=password]", "Enter")
        expect(self.page).not_to_have_url(f"{self.url}/connexion")

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.page.goto(self.url + path)

    def follow(self, words: str) -> None:
        """Click the first link that says so, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=words).first.click()

    def press(self, words: str) -> None:
        """Press the first button that says so, and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words).first.click()

    def task(self, step: str, reference: str) -> None:
        """Open the task of that name of that dossier, from the inbox."""
        self.open(f"/a-traiter?q={reference}")
        row = self.page.get_by_role("row").filter(has_text=step).filter(has_text=reference)
        with self.page.expect_navigation():
            row.first.get_by_role("link").first.click()
        expect(self.page.locator("h1")).to_contain_text(step)

    def fill(self, answers: Answers) -> None:
        """Answer the questions: text, choices, boxes, or rows of a table."""
        for name, value in answers.items():
            self._answer(name, value)

    def do(self, step: str, reference: str, answers: Answers, button: str) -> None:
        """One task from the inbox to its end."""
        self.task(step, reference)
        self.fill(answers)
        self.press(button)
        self.sees("C’est enregistré")

    def upload(self, name: str, content: bytes, piece: str) -> None:
        """Deposit a PDF in the drop zone of a piece, and wait until the page shows it."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST") as sent:
            self.choose(name, content, piece)
        assert sent.value.status == 201, sent.value.status
        expect(self.deposited(name, piece)).to_be_visible()

    def choose(self, name: str, content: bytes, piece: str) -> None:
        """Give a drop zone a file, and wait for nothing."""
        file = FilePayload(name=name, mimeType="application/pdf", buffer=content)
        self.page.locator(f"#file-{piece}").set_input_files(file)

    def deposited(self, name: str, piece: str) -> Locator:
        """The file as the page lists it with its piece."""
        return self.page.locator(f"#piece-{piece}").get_by_role("link", name=name)

    def upload_all(self, content: bytes) -> list[str]:
        """Deposit a file in every drop zone that is open; which pieces."""
        zones = self.page.locator("li[id^=piece-]:has(form.drop:visible)")
        found = zones.evaluate_all("nodes => nodes.map(node => node.id)")
        pieces = [str(one).removeprefix("piece-") for one in found]
        for piece in pieces:
            self.upload(f"{piece}.pdf", content, piece)
        return pieces

    def sees(self, words: str) -> None:
        """The page says so."""
        expect(self.page.locator("body")).to_contain_text(words)

    def _answer(self, name: str, value: object) -> None:
        field = self.page.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type") if field.count() else None
        if kind == "radio":
            self.page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            values = value if isinstance(value, list) else [value]
            for one in values:
                box = (
                    field
                    if one is True
                    else self.page.locator(f"[name='{name}'][value='{one}']")
                )
                box.first.check()
        elif field.first.evaluate("node => node.tagName") == "SELECT":
            if isinstance(value, int):
                field.select_option(index=value)
            else:
                field.select_option(str(value))
        else:
            field.first.fill(str(value))
