"""JSON that is none, or that a careless reader takes for something else: by category and name."""

DIGITS = "9" * 5_000

BROKEN = {
    "nothing": "",
    "spaces": "   ",
    "a word": "undefined",
    "cut": '{"format":1,"na',
    "unclosed list": "[1,2",
    "unclosed object": '{"a":1',
    "unclosed text": '"abc',
    "trailing comma": '{"a":1,}',
    "leading comma": "[,1]",
    "no comma": '{"a":1 "b":2}',
    "no colon": '{"a" 1}',
    "a bare key": "{a:1}",
    "single quotes": "{'a':1}",
    "a comment": '{"a":1} // x',
    "a comment inside": '{/* x */"a":1}',
    "two values": "{}{}",
    "something behind": "{} x",
    "a byte order mark": "\ufeff{}",
    "a NUL": "{}\0",
    "a NUL inside": '{"a\0":1}',
    "a tab in a text": '{"a":"\t"}',
    "a newline in a text": '{"a":"\n"}',
    "an unknown escape": '{"a":"\\x41"}',
    "half an escape": '{"a":"\\u00"}',
    "escape of digits of another script": '{"a":"\\u\u0660\u0660\u0664\u0661"}',
    "a leading zero": '{"a":01}',
    "a plus": '{"a":+1}',
    "a bare point": '{"a":.5}',
    "a hexadecimal number": '{"a":0x1f}',
    "digits with a line between": '{"a":1_000}',
    "digits of another script": '{"a":\u0661}',
    "True": '{"a":True}',
    "None": '{"a":None}',
    "a constructor": '{"a":new Date()}',
    "a space of another kind": '{\u00a0"a":1}',
    "a guard": ")]}',\n{}",
    "YAML": "a: 1\n",
    "XML": "<a>1</a>",
}

FLOATS = {
    "NaN": '{"a":NaN}',
    "Infinity": '{"a":Infinity}',
    "minus Infinity": '{"a":-Infinity}',
    "beyond all floats": '{"a":1e999}',
    "a fraction": '{"a":1.5}',
    "an exponent": '{"a":1E5}',
    "minus zero": '{"a":-0.0}',
    "a very small number": '{"a":1e-9999}',
    "thousands of digits": f'{{"a":{DIGITS}}}',
    "thousands of digits behind the point": f'{{"a":0.{DIGITS}}}',
}

TWICE = {
    "a key twice": '{"a":1,"a":2}',
    "a key twice, once escaped": '{"a":1,"\\u0061":2}',
    "a key twice, deep inside": '{"b":[{"a":1,"a":1}]}',
    "an empty key twice": '{"":1,"":2}',
}

DEEP = {
    "lists": "[" * 10_000 + "]" * 10_000,
    "objects": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "lists and objects": '[{"a":' * 5_000 + "1" + "}]" * 5_000,
    "lists without an end": "[" * 10_000,
    "a hundred lists": "[" * 100 + "]" * 100,
}

HALVES = {
    "a half escaped": '{"a":"\\ud800"}',
    "the other half escaped": '{"a":"\\udfff"}',
    "halves the wrong way round": '{"a":"\\udc00\\ud800"}',
    "a half in a key": '{"\\ud800":1}',
    "a half before a letter": '{"a":"\\ud83dx"}',
}

OTHER = {
    "null": "null",
    "a number": "5",
    "a text": '"text"',
    "true": "true",
    "a list": "[]",
    "an empty object": "{}",
    "an unknown object": '{"a":1}',
    "a newer format": '{"document":"salespipeline document","format":99,"records":{}}',
    "an older format": '{"document":"salespipeline document","format":0,"records":{}}',
    "a class": '{"__class__":"os.system","args":["touch executed"]}',
    "a reference": '{"$ref":"file:///etc/passwd"}',
    "an import": '{"@type":"java.lang.Runtime","py/object":"os.system"}',
}

LARGE = {
    "many elements": "[" + "0," * 200_000 + "0]",
    "many keys": "{" + ",".join(f'"k{number}":0' for number in range(60_000)) + "}",
    "many keys, the last of them twice": "{" + "".join(f'"k{number}":0,' for number in range(40_000)) + '"k39999":1}',
    "a long text": '{"a":"' + "x" * (2 << 20) + '"}',
    "broken texts": '{"a":"' + '\\"' * 500_000,
    "escapes": '{"a":"' + "\\u0041" * 200_000 + '"}',
}

TEXTS = {
    "broken": BROKEN,
    "floats": FLOATS,
    "twice": TWICE,
    "deep": DEEP,
    "halves": HALVES,
    "other": OTHER,
    "large": LARGE,
}
