"""The voices that Twilio has for the languages of the line; another one is error 13512."""

from prompts.catalogue import catalogue, languages, path
from scheduling.municipality_file import Mistake, MunicipalityFile

VOICES = {
    "nl-NL": (
        "Polly.Laura-Neural",
        "Polly.Lotte",
        "Polly.Ruben",
        "Google.nl-NL-Wavenet-F",
        "Google.nl-NL-Wavenet-G",
    ),
    "en-GB": (
        "Polly.Amy-Neural",
        "Polly.Emma-Neural",
        "Polly.Brian-Neural",
        "Polly.Amy",
        "Polly.Emma",
        "Polly.Brian",
    ),
}
"""By locale. A language that is not here takes any voice that names its locale, as Google's do."""


def first_voices() -> dict[str, str]:
    """By language, a voice for what no municipality says; Dutch is first."""
    spoken = {catalogue(language).locale: language for language in languages()}
    return {spoken[locale]: voices[0] for locale, voices in VOICES.items() if locale in spoken}


def mistakes(file: MunicipalityFile) -> list[Mistake]:
    """Voices that do not exist, and languages without a file of prompts."""
    found = []
    for n, language in enumerate(file.municipality.languages):
        if language not in languages():
            there = ", ".join(languages())
            message = f"languages: no prompts are written in {language!r} (there are: {there})"
            found.append(file.mistake(("languages", n), f"{message}; add {path(language).name}"))
            continue
        locale = catalogue(language).locale
        voice = file.municipality.voices[language]
        known = VOICES.get(locale, ())
        if voice not in known and (known or locale not in voice):
            right = " or ".join(known or (f"Google.{locale}-Standard-A",))
            message = f"voices.{language}: there is no voice {voice!r} for {locale}; write {right}"
            found.append(file.mistake(("voices", language), message))
    return found
