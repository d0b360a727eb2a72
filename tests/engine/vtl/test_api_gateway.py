"""What AWS was recorded to do, and what its guide says (api-gateway §5.5 to §5.8)."""

import json

import pytest

from netful.engine.vtl import BodyError, RenderError, Scope, compile_template, new_context, overrides_of
from tests.helpers.vtl_requests import render, scope


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ('{"foo":"bar"}', "{foo=bar}"),
        ('[{"foo":"bar"}]', '[{"foo":"bar"}]'),
        ('{"foo":[{"nested":"bar"}]}', '{foo=[{"nested":"bar"}]}'),
        ('{"bigger":"dict","to":"test","with":"separators"}', "{bigger=dict, to=test, with=separators}"),
        ("", ""),
        ("null", ""),
        ("[]", "[]"),
        ('"text"', "text"),
        ("1.50", "1.5"),
        ("true", "true"),
    ],
)
def test_a_path_prints_as_java_does(body, printed):
    assert render("$input.path('$')", body) == printed


@pytest.mark.parametrize("body", ["", "null", '{"other": 1}'])
def test_what_a_path_does_not_find_is_nothing_in_every_way(body):
    template = "#set($x = $input.path('$.x'))[$x]#if($x == $null)null#end#if($x == '') empty#end#if($x) true#end"
    assert render(template, body) == "[]null empty"


def test_an_attribute_of_an_empty_list_prints_nothing():
    assert render("[$input.path('$').name]", "[]") == "[]"


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("$input.body", "{}"),
        ("$input.json('$')", "{}"),
        ("$input.body.nothing", ""),
        ("Action=SendMessage&MessageBody=$input.body", "Action=SendMessage&MessageBody={}"),
    ],
)
def test_an_empty_body_is_an_empty_object(template, printed):
    assert render(template) == printed


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("$", '{"name":"a b","n":{"x":[1,2.0,null,true]}}'),
        ("$.name", '"a b"'),
        ("$.n.x", "[1,2.0,null,true]"),
        ("$.n.x[2]", "null"),
        ("$.nothing", '""'),
    ],
)
def test_json_is_compact(path, printed):
    body = '{"name": "a b", "n": {"x": [1, 2.0, null, true]}}'
    assert render(f"$input.json('{path}')", body) == printed


def test_a_body_that_is_no_json_is_a_string():
    assert render("$input.json('$')", "a=1&b=2") == '"a=1&b=2"'


def test_a_body_that_starts_as_json_and_is_none_is_an_error_of_the_caller():
    with pytest.raises(BodyError):
        render("$input.json('$')", '{"a": ')


def test_a_parameter_is_looked_for_in_the_path_then_the_query_then_the_headers():
    sent = {"path": {"a": "path"}, "querystring": {"a": "query", "b": "query"}, "header": {"b": "header", "X-Id": "7"}}
    template = "$input.params('a') $input.params('b') $input.params('X-Id') $input.params('x-id') [$input.params('c')]"
    assert render(template, **sent) == "path query 7  []"
    assert render("$input.params().querystring.b $input.params('path')", **sent) == "query {a=path}"
    assert render("#foreach($k in $input.params().keySet())$k #end", **sent) == "path querystring header "


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("$stageVariables.table", "orders"),
        ("$stageVariables['table']", "orders"),
        ("${stageVariables['table']}", "orders"),
        ("${stageVariables.a-b}", "dashed"),
        ("[$stageVariables.nothing]", "[]"),
        ("$context.apiId $context.identity.sourceIp", "abc1234567 192.0.2.7"),
        ("[$context.identity.caller$context.nothing.at.all$nothing]", "[]"),
        ("$context.authorizer.claims.sub", "u-1"),
        ("$context.authorizer.claims['sub']", "u-1"),
        ("$context.requestTimeEpoch", "1722641683000"),
        ("[$context.identity]", "[]"),
        ("$context.identity.keySet()", "[sourceIp, caller]"),
    ],
)
def test_variables(template, printed):
    assert render(template) == printed


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("$util.urlEncode($input.body)", "%7B%22some%22%3A+%22value%22%7D"),
        ("$util.urlDecode('a+b%2Fc')", "a b/c"),
        ("$util.urlEncode('*-_.~')", "*-_.%7E"),
        ("$util.base64Encode('hé')", "aMOp"),
        ("$util.base64Decode('aMOp')", "hé"),
        ("$util.parseJson('{\"a\": [1]}').a[0]", "1"),
        ("$util.parseJson($input.body)", "{some=value}"),
        ("$util.escapeJavaScript($input.body)", '{\\"some\\": \\"value\\"}'),
        ('$util.escapeJavaScript("it\'s")', "it\\'s"),
        ('$util.escapeJavaScript("it\'s").replaceAll("\\\\\'", "\'")', "it's"),
        ('$util.escapeJavaScript("it\'s").replaceAll("\\\'", "\'")', "it\\'s"),
        ("$util.escapeJavaScript('é\n😀')", "\\u00E9\\n\\uD83D\\uDE00"),
        ("$util.escapeJavaScript('')", "{}"),
        ("$util.escapeJavaScript(1)", "1"),
        ("[$util.escapeJavaScript($nothing)]", "[]"),
        ("[$util.unknown('x')]", "[]"),
    ],
)
def test_util(template, printed):
    assert render(template, '{"some": "value"}') == printed


@pytest.mark.parametrize("call", ["parseJson('{')", "base64Decode('a')"])
def test_util_given_what_it_cannot_read(call):
    with pytest.raises(RenderError):
        render(f"$util.{call}")


def test_overrides_are_read_after_the_render():
    request = scope()
    compile_template(
        '#set($context.requestOverride.header.X-Amz-Target = "AWSEvents.PutEvents")'
        "#set($context.requestOverride.path.id = 7)"
        "#set($context.requestOverride.querystring['q'] = 'x')"
        "#set($context.responseOverride.status = 444)"
        "#set($context.responseOverride.header.fooHeader = 'bar')"
    ).render(request)
    overrides = overrides_of(request.context)
    assert overrides.request_header == {"X-Amz-Target": "AWSEvents.PutEvents"}
    assert overrides.request_path == {"id": "7"}
    assert overrides.request_querystring == {"q": "x"}
    assert overrides.response_header == {"fooHeader": "bar"}
    assert overrides.status == 444


def test_what_a_request_template_sets_reaches_the_response_template():
    context = new_context({"apiId": "a"})
    first = "#set($context.customField = 'mine')#set($context.requestOverride.path.kind = 'dog')#set($context.list = [1, 'a'])"
    compile_template(first).render(Scope(context=context))
    second = "$context.customField $context.requestOverride.path.kind $context.list.length()"
    assert compile_template(second).render(Scope(context=context)) == "mine dog 6"


def test_nothing_overridden():
    assert overrides_of(new_context({})).status is None


def test_an_override_of_the_same_parameter_twice_fails():
    with pytest.raises(RenderError, match="twice"):
        render("#set($context.requestOverride.header.a = '1')#set($context.requestOverride.header.a = '2')")


@pytest.mark.parametrize("status", ["abc", "101"])
def test_a_status_that_is_none_fails(status):
    context = new_context({})
    compile_template(f"#set($context.responseOverride.status = '{status}')").render(Scope(context=context))
    with pytest.raises(RenderError, match=f"`{status}` is not a status code"):
        overrides_of(context)


def test_maps_are_made_and_filled():
    template = "#set($m = {})#set($m.a = 'x')#set($m['b'] = {})#set($m.b.c = 1)$m.put('d', [1])$m"
    assert render(template) == "{a=x, b={c=1}, d=[1]}"


def test_the_pass_through_template_gives_json():
    template = """#set($allParams = $input.params())
{"body": $input.json('$'), "params": {
#foreach($type in $allParams.keySet())
  #set($params = $allParams.get($type))
  "$type": {
  #foreach($name in $params.keySet())
    "$name": "$util.escapeJavaScript($params.get($name))"
    #if($foreach.hasNext),#end
  #end
  }
  #if($foreach.hasNext),#end
#end
}, "ip": "$context.identity.sourceIp"}"""
    sent = {"path": {"id": "1"}, "querystring": {"q": 'a"b', "r": "c"}, "header": {}}
    assert json.loads(render(template, '{"n": [1, {"a": null}]}', **sent)) == {
        "body": {"n": [1, {"a": None}]},
        "params": sent,
        "ip": "192.0.2.7",
    }
