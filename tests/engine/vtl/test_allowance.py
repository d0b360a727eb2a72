"""Templates and bodies that stopped other clients for seconds: none of them is finished in a turn."""

import json

import pytest

from netful.engine.effort.allowance import BeyondAllowanceError, of_turn
from netful.engine.vtl import RenderError, Scope, TemplateError, compile_template

TREE = json.dumps([{"a": [{"b": [{"c": 1}] * 3}] * 3}] * 400)
DEEP = "[" * 900 + "]" * 900
GROWN = "#set($s = 'aé')#foreach($i in [1..18])#set($s = $s + $s)#end"
HUNDREDS = "#foreach($i in [1..999])#foreach($j in [1..999]){}#end#end"
BEYOND = {
    "loops": (HUNDREDS.format(""), ""),
    "strings in quotes": (HUNDREDS.format('#set($s = "$s$s")'), ""),
    "macros": ("#macro(m)#end" + HUNDREDS.format("#m()"), ""),
    "matches of short texts": (HUNDREDS.format("$input.body.matches('b')"), "a"),
    "a path of descendants": ("$input.path('$..a..b..c').size()", TREE),
    "a path through depths": ("$input.path('$..[?(@..a)]').size()", DEEP),
    "the body as JSON, again and again": (HUNDREDS.format("$input.json('$')"), "[1, 2, 3]"),
    "escapes": (GROWN + "$util.escapeJavaScript($s)", ""),
    "numbers with thousands of digits": (HUNDREDS.format("$input.path('$')"), "9" * 4000),
    "keys of maps with one hash": (
        "#set($l = $input.path('$'))#set($m = {})#foreach($i in $l)#foreach($j in $l)$m.put($j, 1)#end#end",
        json.dumps([n * (2**61 - 1) for n in range(900)]),
    ),
    "lists in lists": ("#set($l = [1])#foreach($i in [1..40])#set($l = [$l, $l])#end#if($l == $l)#end", ""),
    "all of a list in it": ("#set($l = $input.path('$'))$l.containsAll($l)", json.dumps([*range(5000)])),
    "matches that read the rest": ("$input.body.replaceAll('a.*b|a', 'x')", "a" * 20_000),
    "lookahead": ("$input.body.matches('(?=a)(a+)+')", "a" * 40),
    "an evaluated text": ("#evaluate($input.body)", "$x" * 20_000),
    "an evaluated text of backslashes": ("#evaluate($input.body)", "\\" * 200_000),
    "a long path": ("$input.path($input.body)", "$" + "['a']" * 10_000),
    "a last index": ("#set($s = $input.body)$s.lastIndexOf($s.replace('a', 'aa'))", "a" * 20_000),
}


@pytest.mark.parametrize(("template", "body"), BEYOND.values(), ids=BEYOND.keys())
def test_no_turn_is_long_enough(template, body):
    with pytest.raises(BeyondAllowanceError):
        compile_template(template).render(Scope(body), of_turn())


@pytest.mark.parametrize("character", ["\\", "#[[", "]]#", "#", "${", '"', "##"])
def test_a_template_of_one_token_is_read_once(character):
    text = character * 60_000  # by pairs, this would take minutes
    try:
        compile_template(text).render(Scope(), of_turn())
    except (RenderError, BeyondAllowanceError):
        pytest.fail("it only prints")
    except TemplateError:  # some are none
        return
