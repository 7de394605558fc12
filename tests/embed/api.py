# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a library offers to programs, one thing a line, as text that is the same whichever compiler or scanner read it.

python3 tests/embed/api.py writes the two lists anew, after something was added."""

import re
import xml.etree.ElementTree

from libraries import BOTH

CORE, C, GLIB = (f'{{http://www.gtk.org/introspection/{name}/1.0}}' for name in ('core', 'c', 'glib'))
FUNCTIONS = {CORE + name for name in ('function', 'method', 'constructor')}
CLASSES = {CORE + name for name in ('class', 'interface')}
ENUMERATIONS = {CORE + name for name in ('enumeration', 'bitfield')}


def type_of (element):
    """In C where it is known, else by its name."""
    for tag in ('type', 'array', 'callback'):
        found = element.find (CORE + tag)
        if found is not None:
            return re.sub (r'\s*\*\s*', '*', found.get (C + 'type') or found.get ('name') or tag)
    return '...'


def parameters (element):
    return [type_of (one) for one in element.iterfind (f'{CORE}parameters/*')] + (['GError**'] if element.get ('throws') == '1' else [])


def signature (element):
    return f'({", ".join (parameters (element))}) -> {type_of (element.find (CORE + "return-value"))}'


def fields (record):
    for place, field in enumerate (record.iterfind (CORE + 'field')):
        yield f'{record.get (C + "type")} {place} {field.get ("name")} {type_of (field)}'


def members (element):
    """Properties and signals of a class."""
    name = element.get (GLIB + 'type-name')
    yield f'{name} is a {element.get ("parent")}'
    for spec in element.iterfind (CORE + 'property'):
        flags = ['no' if spec.get ('readable') == '0' else 'readable', *(word for word in ('writable', 'construct-only') if spec.get (word) == '1')]
        yield f'{name}:{spec.get ("name")} {spec.find (CORE + "type").get ("name") if spec.find (CORE + "type") is not None else "array"} {" ".join (flags)}'
    for signal in element.iterfind (GLIB + 'signal'):
        types = [one.get ('name') for one in signal.iterfind (f'{CORE}parameters/{CORE}parameter/{CORE}type')]
        yield f'{name}::{signal.get ("name")} ({", ".join (types)})'


def lines (gir):
    """All that there is, sorted."""
    found = []
    for element in xml.etree.ElementTree.parse (gir).getroot ().iter ():
        if element.tag in FUNCTIONS and element.get ('moved-to') is None:
            found.append (f'{element.get (C + "identifier")} {signature (element)}')
        elif element.tag == CORE + 'callback' and element.get (C + 'type'):
            found.append (f'{element.get (C + "type")} {signature (element)}')
        elif element.tag in ENUMERATIONS:
            found += [f'{member.get (C + "identifier")} = {member.get ("value")}' for member in element.iterfind (CORE + 'member')]
        elif element.tag == CORE + 'constant':
            found.append (f'{element.get (C + "type")} = {element.get ("value")}')
        elif element.tag == CORE + 'record' and element.get (C + 'type') and not element.get (GLIB + 'is-gtype-struct-for'):
            found += fields (element)
        elif element.tag in CLASSES:
            found += members (element)
    return sorted (set (found))


def since (gir):
    """Function → in which version it came, where its documentation tells."""
    return {element.get (C + 'identifier'): element.get ('version')
            for element in xml.etree.ElementTree.parse (gir).getroot ().iter () if element.tag in FUNCTIONS}


if __name__ == '__main__':
    for library in BOTH:
        library.api.write_text ('\n'.join (lines (library.gir)) + '\n', encoding='utf-8')
