"""CSV files that are none, or that hold what a spreadsheet, a reader or a screen would stumble over."""

import codecs

HEADER = b"id,title,amount,day\n"
ROW = b"S-1,A sofa,12.50,2025-01-31\n"
GOOD = HEADER + ROW

REFUSED_FILES = {
    "no bytes": b"",
    "a mark alone": codecs.BOM_UTF8,
    "newlines": b"\n\n\n",
    "commas": b",,,\n",
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-16 without a mark": GOOD.decode().encode("utf-16-be"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "zeros": bytes(1_000),
    "a NUL in the header": b"id,ti\0tle,amount,day\n" + ROW,
    "bytes that are no text in the header": b"id,title,amount,day,\xff\n" + ROW,
    "an overlong slash in the header": b"id,title,amount,day,\xc0\xaf\n" + ROW,
    "a half pair in the header": b"id,title,amount,day,\xed\xa0\x80\n" + ROW,
    "a column twice": b"id,title,amount,day,id\n" + ROW,
    "a column missing": b"id,title,amount\n" + ROW,
    "another letter case": HEADER.upper() + ROW,
    "look-alike columns": "\u0456d,title,amount,day\n".encode() + ROW,
    "a column with a hidden mark": "\u202eid,title,amount,day\n".encode() + ROW,
    "another delimiter": GOOD.replace(b",", b";"),
    "an open quote in the header": b'"id,title,amount,day\n' + ROW * 2_000,
    "text behind a quote in the header": b'"id"x,title,amount,day\n' + ROW,
    "a header without an end": b"x" * 300_000,
    "a header of a hundred thousand columns": b"id,title,amount,day" + b",x" * 100_000 + b"\n" + ROW,
    "columns without number, the last of them twice": (
        b"id,title,amount,day," + b"".join(b"%d," % number for number in range(11_000)) + b"10999\n" + ROW
    ),
    "gzip": b"\x1f\x8b\x08\0\0\0\0\0\0\x03" + bytes(20),
    "zip": b"PK\x03\x04\x14\0\0\0\x08\0" + bytes(40),
    "a workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500),
    "HTML": b"<table><tr><td>id</td></tr></table>\n",
    "JSON": b'[{"id":"S-1"}]\n',
    "a merge marker": b"<<<<<<< HEAD\n" + GOOD,
}

REJECTED_ROWS = {
    "too few cells": b"S-1,A sofa\n",
    "too many cells": b"S-1,A sofa,1.00,2025-01-31,x\n",
    "a NUL": b"S-1,A \0sofa,1.00,2025-01-31\n",
    "bytes that are no text": b"S-1,A \xff sofa,1.00,2025-01-31\n",
    "an overlong slash": b"..\xc0\xaf,A sofa,1.00,2025-01-31\n",
    "a half pair": b"S-1,\xed\xa0\x80,1.00,2025-01-31\n",
    "text behind a quote": b'S-1,"A sofa"x,1.00,2025-01-31\n',
    "an open quote": b'S-1,"A sofa,1.00,2025-01-31\n',
    "a row of a megabyte": b"S-1," + b"x" * 1_000_000 + b",1.00,2025-01-31\n",
    "a merge marker": b"=======\n",
    "NaN": b"S-1,A sofa,NaN,2025-01-31\n",
    "Infinity": b"S-1,A sofa,Infinity,2025-01-31\n",
    "an exponent": b"S-1,A sofa,1e999,2025-01-31\n",
    "digits with a line between": b"S-1,A sofa,1_000,2025-01-31\n",
    "digits of another script": "S-1,A sofa,\u0661\u0662,2025-01-31\n".encode(),
    "full-width digits": "S-1,A sofa,\uff11,2025-01-31\n".encode(),
    "a hexadecimal number": b"S-1,A sofa,0x1f,2025-01-31\n",
    "thousands of digits": b"S-1,A sofa," + b"9" * 5_000 + b",2025-01-31\n",
    "a formula as amount": b"S-1,A sofa,=1+1,2025-01-31\n",
    "an amount in two currencies": b"S-1,A sofa,1.00 EUR 2.00 USD,2025-01-31\n",
    "a day that is none": b"S-1,A sofa,1.00,2025-02-30\n",
    "the day zero": b"S-1,A sofa,1.00,0000-00-00\n",
    "a day in the year 10000": b"S-1,A sofa,1.00,10000-01-01\n",
    "a day in another order": b"S-1,A sofa,1.00,31-01-2025\n",
    "a day of another script": "S-1,A sofa,1.00,\u0662\u0660\u0662\u0665-01-31\n".encode(),
    "a time": b"S-1,A sofa,1.00,2025-01-31T00:00:00\n",
    "a title with an escape sequence": b"S-1,\x1b[2J,1.00,2025-01-31\n",
    "a title with a line break": b'S-1,"A\nsofa",1.00,2025-01-31\n',
    "a title of a line separator": "S-1,A\u2028sofa,1.00,2025-01-31\n".encode(),
    "a title that is too long": b"S-1," + b"x" * 5_000 + b",1.00,2025-01-31\n",
    "no title": b"S-1,,1.00,2025-01-31\n",
}

HARMLESS_ROWS = {
    "a formula as title": b"S-1,=cmd|'/c calc'!A0,1.00,2025-01-31\n",
    "a link as title": b'S-1,"=HYPERLINK(""http://x"")",1.00,2025-01-31\n',
    "markup as title": b"S-1,<script>alert(1)</script>,1.00,2025-01-31\n",
    "a template as title": b"S-1,{{7*7}} %s ${x},1.00,2025-01-31\n",
    "spaces around": b" S-1 , A sofa , 1.00 , 2025-01-31 \n",
    "CR LF": ROW.replace(b"\n", b"\r\n"),
    "CR": ROW.replace(b"\n", b"\r"),
    "no newline at the end": ROW[:-1],
    "quotes everywhere": b'"S-1","A ""sofa""","1.00","2025-01-31"\n',
    "blank rows": b"\n,,,\n  ,\t,,\n" + ROW,
    "a row twice": ROW * 2,
    "an emoji": "S-1,\U0001f6cb,1.00,2025-01-31\n".encode(),
    "a small number": b"S-1,A sofa,0.01,2025-01-31\n",
    "minus zero": b"S-1,A sofa,-0.00,2025-01-31\n",
}

REFUSED_ENCODINGS = (
    *("utf-16", "utf-32", "cp037", "rot13", "zlib", "base64", "hex", "bz2", "punycode", "undefined"),
    *("", "no such", "../x", "os.system", "unicode_escape", "a\0b", "x" * 10_000),
)
