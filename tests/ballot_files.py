"""Small files of invented contests in the formats of candidates and results."""

from collections.abc import Sequence
from pathlib import Path

ELECTION = "parl.2031-05-01"

CANDIDACIES = (
    "ONS ID,ONS region ID,Constituency name,County name,Region name,Country name,Constituency type,"
    "Party name,Party abbreviation,Electoral Commission party ID,MNIS party ID,"
    "Electoral Commission adjunct party ID,Candidate first name,Candidate surname,Candidate gender,"
    "Sitting MP,Former MP,Member MNIS ID,Votes,Share,Change,DC Person ID"
)

AREA = "E14990001,E12000007,Quill and Harbour,,London,England,Borough"

ROWS = (
    f"{AREA},Labour,Lab,PP53,15,,Ada,Quill,Female,Yes,Yes,9001,5200,0.52,-0.1,801",
    f"{AREA},Conservative,Con,PP52,4,,Bo,Lindqvist,Male,No,No,,3900,0.39,0.05,802",
    f"{AREA},Independent,Ind,,8,,Cem,O'Ral,Male,No,No,,900,0.09,,803",
)
"""Three candidates of one contest, with 10,000 valid votes."""

CONSTITUENCIES = (
    "ONS ID,ONS region ID,Constituency name,County name,Region name,Country name,Constituency type,"
    "Declaration time,Member first name,Member surname,Member gender,Result,First party,Second party,"
    "Electorate,Valid votes,Invalid votes,Majority,Con,Lab,LD,RUK,Green,SNP,PC,DUP,SF,SDLP,UUP,APNI,"
    "All other candidates,"
    "Of which other winner"
)

TOTALS = (
    f"{AREA},02/05/2031 03:15,Ada,Quill,Female,Lab hold,Lab,Con,16000,10000,40,1300,"
    "3900,5200,0,0,0,0,0,0,0,0,0,0,900,0"
)

PLAIN = (
    "election_id,election_name,polling_date,time_zone,contest_id,contest_name,person_name,person_id,party_name,"
    "status,account_platform,account_handle,votes,elected,valid_votes,majority,declared_at_local,"
    "all_candidates_listed"
)

MAYOR = "xx.mayor.2031-05-04,Mayor 2031,2031-05-04,Europe/Lisbon,xx.mayor,Mayor of Exampleton"

MAYORS = (
    f"{MAYOR},Ada Quill,p1,Harbour Party,,x,adaquill,5200,yes,9700,700,2031-05-04 23:40,yes",
    f"{MAYOR},Bo Lindqvist,p2,Hill Alliance,,,,4500,no,9700,700,2031-05-04 23:40,yes",
    f"{MAYOR},Cem O'Ral,p3,Independent,withdrawn,,,,,9700,700,2031-05-04 23:40,yes",
)

CLUB_2015 = "name,id,party,constituency,gss_code,twitter_username,facebook_page_url,party_id,elected"

CLUB = (
    "election_id,ballot_paper_id,election_date,election_current,party_name,party_id,post_label,cancelled_poll,"
    "seats_contested,person_id,person_name,sopn_first_names,sopn_last_name,gender,birth_date,email,"
    "twitter_username,gss,elected,votes_cast"
)


def write(folder: Path, name: str, *lines: str) -> Path:
    """A CSV file of these lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def headless(rows: Sequence[str]) -> list[str]:
    """Candidacies as in the files without header: without the last column."""
    return [row.rpartition(",")[0] for row in rows]


def candidacies(folder: Path, *rows: str) -> Path:
    """A candidacies file; by default the three candidates."""
    return write(folder, "candidacies.csv", CANDIDACIES, *(rows or ROWS))


def constituencies(folder: Path, *rows: str) -> Path:
    """A constituencies file; by default the contest of the three candidates."""
    return write(folder, "constituencies.csv", CONSTITUENCIES, *(rows or (TOTALS,)))


def plain(folder: Path, *rows: str, header: str = PLAIN) -> Path:
    """A file in our own format; by default an invented mayor's election."""
    return write(folder, "mayor.csv", header, *(rows or MAYORS))
