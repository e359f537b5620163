"""Entities to stored text and back: the only package that knows cattrs.

A sale's record is flat: one namespace over all its parts, so that moving a field from one part to another
changes no file. Fields of a record that a newer version wrote are kept and written back.
"""

from salespipeline.codec.actions import encode_action
from salespipeline.codec.catalogs import decode_catalog, encode_catalog
from salespipeline.codec.format import opened
from salespipeline.codec.people import PARTY_KINDS, decode_party, encode_party
from salespipeline.codec.sales import FORMAT, SALE_KEYS, decode_sale, encode_sale, sale_keys

__all__ = [
    "FORMAT",
    "PARTY_KINDS",
    "SALE_KEYS",
    "decode_catalog",
    "decode_party",
    "decode_sale",
    "encode_action",
    "encode_catalog",
    "encode_party",
    "encode_sale",
    "opened",
    "sale_keys",
]
