"""What a template must not do: fail with anything else, or run for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.vtl import RenderError, Scope, TemplateError, compile_template, new_context, overrides_of
from tests.helpers.examples import examples
from tests.helpers.vtl_requests import render


@pytest.mark.parametrize(
    ("template", "line", "column"),
    [
        ("a\nb #if(true) c", 2, 3),
        ("#if(true)\n#else\n#else\n#end", 3, 1),
        ("x#end", 1, 2),
        ("#set($a 1)", 1, 9),
        ("#set(a = 1)", 1, 6),
        ("#foreach($x of [1])#end", 1, 12),
        ("${a", 1, 4),
        ("\n$a.b(1", 2, 7),
        ("#set($a = )", 1, 11),
        ("#set($a = 'x)", 1, 11),
        ('#set($a = "${x")', 1, 11),
        ("#* never closed", 1, 1),
        ("#parse('other')", 1, 1),
        ("#if true", 1, 4),
    ],
)
def test_a_broken_template_is_told_with_its_place(template, line, column):
    with pytest.raises(TemplateError) as told:
        compile_template(template)
    assert (told.value.line, told.value.column) == (line, column)
    assert f"line {line}" in str(told.value)


@pytest.mark.parametrize(
    "template",
    [
        "x" * (300 * 1024 + 1),
        "#if(true)" * 100 + "#end" * 100,
        "#set($a = " + "(" * 500 + "1" + ")" * 500 + ")",
        "#set($a = " + "+".join(["1"] * 5000) + ")",
        "#set($a = " + "!" * 500 + "1)",
        "#set($a = " + "9" * 400 + ")",
    ],
)
def test_a_template_too_large_or_too_deep(template):
    with pytest.raises(TemplateError):
        compile_template(template)


DOUBLING = "#set($s = 'xxxxxxxxxx')#foreach($i in [1..100])#set($s = {})#end"

ENDLESS = {
    "a loop of more than 1,000": "#foreach($i in [1..1001])#end",
    "loops in loops": "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])x#end#end#end",
    "an immense range": "#set($x = [1..999999999])",
    "a macro that calls itself": "#macro(m)#m()#end#m()",
    "a macro that calls itself after another one": "#macro(n)#end#macro(m)#n()#m()#end#m()",
    "macros that branch": "#macro(m $n)#if($n < 19)#set($n = $n + 1)#m($n)#m($n)#m($n)#end#end#m(0)",
    "a block that prints itself": "#define($d)$d#end$d",
    "an evaluated text that evaluates itself": "#set($e = '#evaluate($e)')#evaluate($e)",
    "a string that doubles": DOUBLING.format('"$s$s"'),
    "a string that doubles by a sum": DOUBLING.format("$s + $s"),
    "a string that grows by replacing": DOUBLING.format("$s.replace('x', 'xxxxxxxxxx')"),
    "a string that grows by a pattern": DOUBLING.format(f"$s.replaceAll('x', '{'x' * 100}')"),
    "a number that squares": "#set($n = 9)#foreach($i in [1..100])#set($n = $n * $n)#end",
    "a list that doubles": "#set($l = [1])#foreach($i in [1..100])#set($ok = $l.addAll($l))#end",
    "a list of itself": "#set($l = [1])#set($ok = $l.add($l))$l",
    "lists that fan out": "#set($l = [1])#foreach($i in [1..100])#set($l = [$l, $l])#end$l",
    "much output": "#foreach($i in [1..1000])#foreach($j in [1..100])" + "y" * 200 + "#end#end",
}


@pytest.mark.parametrize("template", ENDLESS.values(), ids=ENDLESS.keys())
@pytest.mark.slow
def test_no_template_runs_for_ever(template):
    with pytest.raises(RenderError):
        render(template)


@pytest.mark.parametrize(
    "template",
    [
        "$s.charAt(99)",
        "$s.substring(9)",
        "$s.substring(-1)",
        "$l.get(9)",
        "$l[9]",
        "$l.set(9, 1)",
        "$l.add(9, 1)",
        "$l.subList(2, 1)",
        "$l.iterator().next()$l.remove(9)",
        "$s.matches('(')",
        "$s.replaceAll('a', '$1')",
        "$l[0].parseInt('x')",
        "#set($s.length() = 1)",
        "#evaluate('#if')",
        "$input.path('$[')",
    ],
)
def test_what_throws_in_java_fails_the_render(template):
    with pytest.raises(RenderError):
        render("#set($s = 'abc')#set($l = [1])" + template)


def test_keys_of_maps_may_be_anything():
    template = "#set($m = {[1]: 'a'})$m.put({'x': 1}, 'b')$m $m.get([1]) $m[[1]] $m.containsKey({'x': 1})"
    assert render(template) == "{[1]=a, {x=1}=b} a a true"


def test_an_override_that_holds_itself():
    context = new_context({})
    template = "#set($l = [1])#set($ok = $l.add($l))#set($context.requestOverride.header.x = $l)"
    with pytest.raises(RenderError):
        compile_template(template).render(Scope(context=context))


def test_an_override_is_its_text_and_not_too_long():
    context = new_context({})
    compile_template("#set($context.responseOverride.header.x = [1, 'a'])").render(Scope(context=context))
    assert overrides_of(context).response_header == {"x": "[1, a]"}
    with pytest.raises(RenderError):
        compile_template("#set($context.responseOverride.header.y = $input.body)").render(
            Scope("a" * 100_000, context=context)
        )


def test_half_a_surrogate_pair_becomes_a_question_mark():
    assert render("$input.json('$')", '"\\ud800"') == '"?"'


def test_the_same_text_is_compiled_once():
    assert compile_template("once $a") is compile_template("once $a")


def words(text):
    return st.sampled_from(text.split())


PIECES = st.sampled_from([" ", "\n"]) | words(
    r"""# $ \ ## #* *# #[[ ]]# #set( #if( #elseif( #else #end #foreach( #macro(m #m( #define( #evaluate( #break #stop $a $b
    $!{a} ${a $a.b $a.size() $a.get( $a[ $input.path('$.x') $input.params() $util.escapeJavaScript( $util.parseJson(
    $context.requestOverride.header.x $foreach.count ( ) [ ] { } , : .. 1 2.5 -3 'x' "y$a" ' " + - * / % == != < && || ! in
    = .replaceAll( .split( .put( .add( .substring( .keySet() true false null x"""
)
VALUES = st.sampled_from(["1", "'s'", "[1, 'x']", "{'k': [1]}", "$none", "2.5", "true", "$input.path('$')", "$context"])
NAMES = words(
    """length charAt substring indexOf replace replaceAll split matches concat compareTo get set add addAll remove contains
    subList put putAll containsKey getOrDefault keySet entrySet iterator parseInt intValue doubleValue equals escapeJavaScript
    parseJson urlEncode base64Decode path json params"""
)


def survives(template, body=""):
    try:
        render(template, body)
    except (TemplateError, RenderError):
        return


@examples(400)
@given(st.lists(PIECES, max_size=25).map("".join), st.text(max_size=20))
def test_any_text_renders_or_is_told_why(template, body):
    survives(template, body)


@examples(400)
@given(st.sampled_from(["$util", "$input", "$v"]), VALUES, NAMES, st.lists(VALUES, max_size=3))
def test_any_call_renders_or_is_told_why(receiver, value, name, arguments):
    survives(f"#set($v = {value}){receiver}.{name}({', '.join(arguments)})", '{"a": [1, {"b": null}]}')


@examples(200)
@given(VALUES, words("+ - * / % == != < > <= >= && ||"), VALUES)
def test_any_operation_renders(left, operator, right):
    survives(f"#set($x = {left} {operator} {right})$x #set($v = {left})$v[{right}]#set($v[{right}] = 1)$v")


@examples(200)
@given(st.text(max_size=30))
def test_any_json_path_reads_or_is_told_why(path):
    survives("$input.path($input.params('p'))" + "$input.json('" + path.replace("'", "''") + "')", '{"a": [1]}')
