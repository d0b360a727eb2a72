"""The language, one template a row."""

import pytest

from netful.engine.vtl.syntax.errors import RenderError
from tests.helpers.vtl_requests import render

REFERENCES = [
    ("a $5 b$ $", "a $5 b$ $"),
    ("costs $ 5", "costs $ 5"),
    ("#set($a = 1)$a. $!a ${a}b $!{a}c", "1. 1 1b 1c"),
    ("#set($a_b = 1)#set($c-d = 2)$a_b $c-d", "1 2"),
    ("#set($a = 'x')$a.length()-$a", "1-x"),
    ("#set($a = {'b': {'c': [5, 6]}})$a.b.c[1] ${a.b['c'][-2]}", "6 5"),
    ("#set($l = [1, 2])#set($i = 1)$l[$i] $l.get(0)", "2 1"),
    ("#set($a = 1)\\$a \\\\$a \\$!a", "$a \\1 $!a"),
    ("\\#if(true) \\\\#if(true)x#end", "#if(true) \\x"),
    ("C:\\dir\\ \\#1", "C:\\dir\\ \\#1"),
    ("#set($a = {'isEmpty': 'own'})$a.isEmpty $a.isEmpty() $a.size()", "own false 1"),
]

TEXT = [
    ("a # b #1 #unknown #unknown(1)", "a # b #1 #unknown #unknown(1)"),
    ("a## comment\nb", "ab"),
    ("a#* many\nlines *#b", "ab"),
    ("#[[ $raw #if ]]#", " $raw #if "),
    ("#set( $a = 1 )  \n x", " x"),
    ("#if(true)\n  a\n#else\n  b\n#end\nc", "  a\nc"),
    ("  #set($a = 1)\nb", "  b"),
    ("#if(true)a#{else}b#{end}c", "ac"),
    ("#if(true)x#end\r\ny", "xy"),
    ("", ""),
]

CONDITIONS = [
    ('#if (${stageVariables.table} == "orders" && (!$none.isEmpty()))a#end', "a"),
    ("#set ( $i = {'Healthy': {'BOOL': false}} )#if( $i.Healthy['BOOL'] == (false) )a#end", "a"),
    ("#set($x = $input.path('$.status'))#if($x.toString().equals('FAILED'))a#else b#end", " b"),
    ("#if(false)a#elseif(1 == 1)b#else c#end", "b"),
    ("#if($none)a#else b#end", " b"),
    ("#if('')a#end#if(0)b#end#if([])c#end", "abc"),
    ("#if(!$none && true)a#end", "a"),
    ("#if(not false and (true or $none))a#end", "a"),
    ("#if(false || $none)a#end#if(true || $none)b#end", "b"),
    ("#if(1 < 2 && 2 >= 2 && 3 > 2 && 1 <= 1)a#end", "a"),
    ("#if(1 lt 2 and 2 ge 2 and 3 gt 2 and 1 le 1 and 1 ne 2 and 1 eq 1)a#end", "a"),
    ("#if('1' == 1)a#end#if(1 == 1.0)b#end#if('a' != 'b')c#end", "abc"),
    ("#if($none == $nothing)a#end#if($none == 'x')b#end", "a"),
    ("#if('a' < 'b')a#else b#end", " b"),
    ("#if(1 + 2 * 3 == 7 && (1 + 2) * 3 == 9)a#end", "a"),
    ("#if({'a': 1} == {'a': 1})a#end#if([1] == [1])b#end", "ab"),
    ("#if({'a': 1} == {'a': 2})a#end#if([1] == [2])b#end#if(1 == 2)c#end#if('a' == 'b')d#end", ""),
    ("#if($input.path('$.l') == [1])a#end#if($input.path('$.l') == [2])b#end", "a"),
    ("#if($none == 'x')a#end#if('x' == $none)b#end#if($input.path('$.z') == $none)c#end", "c"),
    ("#if(true == 'true')a#end#if(1 < 1 || 2 <= 1 || 1 > 1 || 1 >= 2)b#end#if(true < 2)c#end", "a"),
]

ARITHMETIC = [
    ("#set($x = 7 / 2)$x", "3"),
    ("#set($x = -7 / 2)$x", "-3"),
    ("#set($x = -7 % 3)$x", "-1"),
    ("#set($x = 7 / -2)$x #set($x = -7 / -2)$x #set($x = 0 / -2)$x", "-3 3 0"),
    ("#set($x = 7 % -3)$x #set($x = -5.5 % 2)$x #set($x = 5 % 2.5)$x", "1 -1.5 0.0"),
    ("#set($x = 7 / 2.0)$x", "3.5"),
    ("#set($x = 1 % 0)[$x]", "[]"),
    (f"#set($x = {'9' * 300}.0)#set($x = $x * $x)#set($y = $x % 2)$x $y", "Infinity NaN"),
    ("#set($x = 7.0 / 2)$x", "3.5"),
    ("#set($x = 10 - 3 - 2)$x", "5"),
    ("#set($x = 10 -3)$x", "7"),
    ("#set($x = 'a' + 1 + 2)$x", "a12"),
    ("#set($x = 1 + 2 + 'a')$x", "3a"),
    ("#set($x = 1 / 0)[$x]", "[]"),
    ("#set($x = $none + 1)[$x]", "[]"),
    ("#set($x = 2.0 * 3)$x", "6.0"),
    ("#set($x = true + 1)[$x]#set($x = 'a' + $none)[$x]#set($x = $none + 'a')[$x]", "[][][]"),
    ("#set($x = 0.001)$x #set($x = 0.0009)$x #set($x = 0.0)$x #set($x = -0.00025)$x", "0.001 9.0E-4 0.0 -2.5E-4"),
    ("#set($x = 9999999.0)$x #set($x = 10000000.0)$x #set($x = -12500000.0)$x", "9999999.0 1.0E7 -1.25E7"),
    ("#set($x = 1.0)$x.parseDouble('1e400') $x.parseDouble('-1e400') $x.parseDouble('NaN')", "Infinity -Infinity NaN"),
    (
        "#set($x = 1.0)$x.parseDouble(' 1.5f ') $x.parseDouble('1D') $x.parseDouble('.5e1') $x.parseDouble('-Infinity')",
        "1.5 1.0 5.0 -Infinity",
    ),
    (
        "#set($x = 1)$x.parseInt('-2147483648') $x.parseInt('+007') $x.parseLong('99999999999')",
        "-2147483648 7 99999999999",
    ),
    ("#set($x = 1.0E10)$x #set($x = 1.5E-5)$x #set($x = 12345678.5)$x", "1.0E10 1.5E-5 1.23456785E7"),
    ("#set($x = 1.0E300 * 1.0E300)$x", "Infinity"),
    ("#set($x = [1..4])$x #set($x = [2..0])$x", "[1, 2, 3, 4] [2, 1, 0]"),
]

STRINGS = [
    ('#set($a = 1)#set($s = "a=$a ${a}b")$s', "a=1 1b"),
    ("#set($a = 1)#set($s = 'a=$a')$s", "a=$a"),
    ('#set($s = "say ""hi""")$s', 'say "hi"'),
    ("#set($s = 'it''s')$s", "it's"),
    ('#set($s = "a\\nb")$s', "a\\nb"),
    ('#set($s = "#if(true)yes#end")$s', "yes"),
    ('#set($s = "#foreach($i in [1..3])$i#end")$s', "123"),
    ('#set($m = {"k$none": "v"})$m', "{k=v}"),
    ('#set($i = 1)$input.path("$.items[${i}]")', ""),
]

LOOPS = [
    ("#foreach($x in ['a', 'b'])$foreach.count$foreach.index$x#if($foreach.hasNext),#end#end", "10a,21b"),
    ("#foreach($x in [1..3])#if($foreach.first)<#end$x#if($foreach.last)>#end#end", "<123>"),
    ("#foreach($x in [5, 6])$velocityCount$velocityHasNext #end", "1true 2false "),
    ("#foreach($v in {'a': 1, 'b': 2})$v#end", "12"),
    ("#set($m = {'a': 1})#foreach($e in $m.entrySet())$e.key:$e.getValue() $e#end", "a:1 a=1"),
    ("#foreach($x in $none)a#end#foreach($x in 'abc')b#end", ""),
    ("#foreach($x in [1..5])#if($x == 3)#break#end$x#end.", "12."),
    ("#foreach($x in [1, 2])#foreach($y in [1, 2])$foreach.parent.count$foreach.count #end#end", "11 12 21 22 "),
    ("#set($x = 'kept')#foreach($x in [1])$x#end$x", "1kept"),
    ("#set($l = [])#foreach($x in [1..3])#set($ok = $l.add($x))#end$l", "[1, 2, 3]"),
    ("a#stop b", "a"),
    ("#foreach($x in [1..3])$x#stop#end.", "1"),
]

MACROS = [
    ("#macro(twice $x)$x$x#end#twice('a')", "aa"),
    ("#twice('b')#macro(twice $x)$x$x#end", "bb"),
    ("#macro(pair $x $y)<$x$y>#end#pair('a' 1)#pair('b', 2)#pair('c')", "<a1><b2><c>"),
    ("#macro(down $n)$n#if($n > 0)#set($m = $n - 1)#down($m)#end#end#down(3)", "3210"),
    ("#set($x = 'o')#macro(m $x)$x#end#m('i')$x", "io"),
    ("#define($block)Hi $name#end#set($name = 'you')$block #set($s = \"$block!\")$s", "Hi you Hi you!"),
    ("#set($code = '#set($a = 5)$a')#evaluate($code)$a", "55"),
    ("## #macro(gone)\n#gone()", ""),
    ("#macro(m) \nx#end#m()", "x"),
    ("#macro(m)x#end#define($d)y#end#foreach($i in [1..30])#m()$d#evaluate('z')#end", "xyz" * 30),
    ("#macro(m)x#end#m() \ny", "xy"),
    ("#if(true)#if(true)x#end#end" * 30, "x" * 30),
]

METHODS = [
    ("$s.length() $s.isEmpty() $s.toUpperCase() $s.toLowerCase()", "11 false HELLO WORLD hello world"),
    ("$s.substring(6) $s.substring(0, 5) $s.charAt(4)", "World Hello o"),
    ("$s.indexOf('o') $s.lastIndexOf('o') $s.indexOf('z') $s.indexOf('o', 5)", "4 7 -1 7"),
    ("$s.contains('lo W') $s.startsWith('He') $s.endsWith('x')", "true true false"),
    ("$s.equals('Hello World') $s.equalsIgnoreCase('hello world') $s.equals(1)", "true true false"),
    ("$s.replace('l', 'L') $s.replaceAll('[eo]', '*') $s.replaceFirst('o', '0')", "HeLLo WorLd H*ll* W*rld Hell0 World"),
    ("$s.replaceAll('(\\w+) (\\w+)', '$2 $1') $s.replaceAll('o', '\\$')", "World Hello Hell$ W$rld"),
    ("$s.matches('Hello') $s.matches('Hello.*') $s.concat('!')", "false true Hello World!"),
    ("$s.split(' ') $s.split('o', 2)", "[Hello, World] [Hell,  World]"),
    ("#set($p = 'a,b,,')$p.split(',').size() $p.split(',', -1).size() $p.split('')", "2 4 [a, ,, b, ,, ,]"),
    ("#set($t = '  x ')[$t.trim()] $s.toString().length() $s.compareTo('A')", "[x] 11 1"),
    ("#set($i = 0)$i.parseInt('12') $i.toString().length() $i.equals(0) $i.intValue()", "12 1 true 0"),
    ("#set($d = 2.75)$d.intValue() #set($b = true)$b.toString().length()", "2 4"),
    ("$l.size() $l.isEmpty() $l.contains(2) $l.indexOf(3) $l", "3 false true 2 [1, 2, 3]"),
    ("$l.remove(0)$l.add(9)$l.set(0, 7)$l.addAll([4])$l", "1true2true[7, 3, 9, 4]"),
    ("#set($it = $l.iterator())#if($it.hasNext())$it.next()#end$l.subList(1, 3)", "1[2, 3]"),
    ("$m.keySet() $m.values() $m.entrySet() $m.containsKey('a') $m.containsValue(9)", "[a, b] [1, [x]] [a=1, b=[x]] true false"),
    ("$m.get('a') $m.getOrDefault('z', 0) $m.remove('a')$m.size() $m.put('a', 2)$m", "1 0 11 {b=[x], a=2}"),
    ("$m.putAll({'c': $none})$m", "{a=1, b=[x], c=null}"),
    ("$l.add(0, 9)$l.add(4, 8)$l.set(1, 7)$l.remove(0)$l", "19[7, 2, 3, 8]"),
    ("$l.subList(0, 3)$l.subList(1, 1)$l.get(2)$l.containsAll([1, 3])$l.containsAll([1, 4])", "[1, 2, 3][]3truefalse"),
    ("#set($t = ['a', 'b'])$t.remove('b')$t.remove('z')$t.indexOf('z')$t.addAll([])$t", "truefalse-1false[a]"),
    ("$l.clear()$l.isEmpty()$m.clear()$m.size()", "true0"),
    ("#set($it = $l.iterator())$it.next()$it.next()$it.hasNext()$it.next()$it.hasNext()", "12true3false"),
    ("$m.put('b', 3)$m.put('c', 4)$m.get('c')$m.isEmpty()", "[x]4false"),
    ("#foreach($e in $m.entrySet())$e.key=$e.getValue() $e;#end", "a=1 a=1;b=[x] b=[x];"),
    ("$s.compareTo('Hello World') $s.compareTo('Z') $s.substring(11)|$s.substring(0, 0)|$s.charAt(0)", "0 -1 ||H"),
    ("#set($p = 'a1b2c')$p.split('[0-9]', 2) $p.split('[0-9]', 1) $p.split('[0-9]', 0) $p.split('x')", "[a, b2c] [a1b2c] [a, b, c] [a1b2c]"),
    ("#set($p = ',')$p.split(',').size()#set($p = '')$p.split(',').size()#set($p = ',a')$p.split(',')", "01[, a]"),
    ("#set($i = 3)$i.parseLong('-12') $i.valueOf('7') $i.doubleValue() $i.longValue() $i.compareTo(2.5) $i.equals(3)", "-12 7 3.0 3 1 true"),
    ("#set($b = true)$b.parseBoolean('TRUE') $b.parseBoolean('yes') $b.booleanValue() $b.equals(true)", "true false true true"),
    ("$s.replaceAll('(o)(x)?', '[$1$2]') $s.replaceAll('l+', '') $s.replaceFirst('l', '\\\\')", "Hell[o] W[o]rld Heo Word He\\lo World"),
    ("[$s.unknown()$s.substring('x')$none.size()$l.name$s.class$m.getClass()]", "[]"),
]  # fmt: skip

ROWS = [*REFERENCES, *TEXT, *CONDITIONS, *ARITHMETIC, *STRINGS, *LOOPS, *MACROS]


@pytest.mark.parametrize(("template", "printed"), ROWS)
def test_language(template, printed):
    assert render(template, body='{"l": [1]}') == printed


@pytest.mark.parametrize(("template", "printed"), METHODS)
def test_methods(template, printed):
    given = "#set($s = 'Hello World')#set($l = [1, 2, 3])#set($m = {'a': 1, 'b': ['x']})"
    assert render(given + template) == printed


@pytest.mark.parametrize(
    "template",
    [
        "$l.get(3)", "$l.get(-1)", "$l.set(3, 1)", "$l.add(4, 1)", "$l.add(-1, 1)", "$l.remove(3)", "$l.subList(2, 1)", "$l.subList(0, 4)",
        "$s.charAt(11)", "$s.charAt(-1)", "$s.substring(12)", "$s.substring(5, 4)", "$i.parseInt('x')", "$i.parseDouble('')",
        "$i.parseInt('1_000')", "$i.parseInt(' 5')", "$i.parseInt('2147483648')", "$i.parseInt('')", "$i.valueOf('99999999999')",
        "$i.parseLong('9223372036854775808')", "$i.parseDouble('1_0.5')", "$i.parseDouble('nan')", "$i.parseDouble('inf')",
        "$i.parseDouble('.')", "$s.matches('(')", "$s.replaceAll('o', '$')", "$s.replaceAll('o', '$1')", "#set($e = [])#set($it = $e.iterator())$it.next()",
    ],
)  # fmt: skip
def test_what_throws_in_java_fails_the_whole(template):
    with pytest.raises(RenderError):
        render("#set($s = 'Hello World')#set($l = [1, 2, 3])#set($i = 1)" + template)
