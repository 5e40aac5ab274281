"""The page of a monthly gift, as its donor uses it."""

from dataclasses import dataclass

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.database import reading
from campaign.models.pledge import Pledge
from campaign.services.pledges.links import PledgeLink, sign
from tests.services.engine import Engine
from tests.support.pages import Page


@dataclass
class DonorsPage:
    """The page of one monthly gift, as its donor uses it without script."""

    client: FlaskClient
    engine: Engine
    subscription_id: str
    language: str = "en"

    @property
    def pledge(self) -> Pledge:
        with reading() as session:
            pledge = session.execute(select(Pledge)).scalar_one()
            session.expunge(pledge)
        return pledge

    @property
    def path(self) -> str:
        pledge = self.pledge
        with self.engine.app.app_context():
            return f"/{self.language}/p/{sign(PledgeLink(pledge.public_id, pledge.link_version))}"

    def look(self, query: str = "") -> BeautifulSoup:
        answer = self.client.get(self.path + query)
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, "html.parser")

    def words(self) -> str:
        """All that it says, on one line."""
        return " ".join(self.look().get_text(" ").split())

    def code(self) -> str:
        """The one that was mailed last."""
        subjects = [email.subject for email in self.engine.mailer.sent if "Your code: " in email.subject]
        return subjects[-1].partition("Your code: ")[2]

    def press(self, act: str, **fields: str) -> TestResponse:
        return self.client.post(f"{self.path}/{act}", data=fields)

    def press_with_code(self, act: str) -> TestResponse:
        """Press, and enter the code that the mailbox gets."""
        step = Page(self.press(act))
        self.engine.work()
        return step.submit(self.client, "form:has([name=code])", code=self.code())

    def text_after(self, answer: TestResponse) -> str:
        assert answer.status_code == 303
        return " ".join(BeautifulSoup(self.client.get(answer.headers["Location"]).text, "html.parser").text.split())
