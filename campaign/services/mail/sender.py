"""In whose name an email leaves: the one that its campaign names, or the organisation's, with its legal lines below."""

from dataclasses import dataclass

from sqlalchemy import select

from campaign.database import reading
from campaign.domain.brand import EmailColours, email_colours
from campaign.domain.language import in_language_of
from campaign.domain.logo import PNG
from campaign.models.campaign import Campaign
from campaign.models.outbox import Message
from campaign.services.organisation.logos import logos_in
from campaign.services.organisation.profile import organisation_in


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSender:
    """Texts in the email's language; empty where nothing is known."""

    name: str
    reply_to: str
    contact_email: str
    organisation_name: str
    legal_footer: str
    logo_path: str
    """Where the site serves the logo; empty where there is none that mail programs show."""
    colours: EmailColours


def sender_of(message: Message) -> MailSender:
    """Return the sender of an email: as its campaign says, else the organisation; the campaign where that has no name."""
    language = message.language
    with reading() as session:
        profile, logo = organisation_in(session), logos_in(session).get("logo")
        query = select(Campaign.sender_name, Campaign.name, Campaign.button_colour, Campaign.link_colour)
        row = session.execute(query.where(Campaign.id == message.campaign_id)).one_or_none()
        *names, button, link = row or ({}, {}, None, None)
    owner = in_language_of(profile.legal_name, language) or in_language_of(profile.name, language)
    return MailSender(
        name=next(
            (name for texts in (names[0], profile.name, names[1]) if (name := in_language_of(texts, language))), ""
        ),
        reply_to=profile.reply_to,
        contact_email=profile.contact_email,
        organisation_name=owner,
        logo_path=f"/brand/logo?v={logo.digest}" if logo and logo.media_type == PNG else "",
        legal_footer=in_language_of(profile.footer, language),
        colours=email_colours(button or profile.button_colour, link or profile.link_colour),
    )
