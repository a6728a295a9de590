#!/usr/bin/env python3
"""The public interface of the library, one item a line, from rustdoc's JSON; and the crates whose types it shows.

    api.py JSON            prints it
    api.py JSON BASELINE   compares: fails if a line of the baseline is gone or changed, and says what is new
"""
import json
import sys


class Interface:
    def __init__(self, path):
        with open(path) as file:
            crate = json.load(file)
        self.index, self.paths = crate["index"], crate["paths"]
        self.crates = {int(number): one["name"] for number, one in crate["external_crates"].items()}
        self.root, self.lines, self.foreign, self.seen = crate["root"], set(), set(), set()
        self.names = {}
        self.find(self.item(self.root), "framewise")
        self.walk(self.item(self.root), "framewise")

    def item(self, number):
        return self.index.get(str(number))

    def find(self, module, path):
        """Notes the shortest public path of every item, for types that name it."""
        for name, item in self.members(module):
            place = f"{path}::{name}"
            old = self.names.get(item["id"])
            if old is None or len(place) < len(old):
                self.names[item["id"]] = place
                if "module" in item["inner"]:
                    self.find(item, place)

    def members(self, module):
        """Public items of a module with their names, through re-exports."""
        for number in module["inner"]["module"]["items"]:
            item = self.item(number)
            if item is None or hidden(item):
                continue
            if "use" in item["inner"]:
                use = item["inner"]["use"]
                target = self.item(use["id"]) if use["id"] is not None else None
                if target is None:
                    self.lines.add(f"use {use['source']}")
                elif use["is_glob"]:
                    yield from self.members(target)
                else:
                    yield use["name"], target
            elif item["visibility"] == "public" and item["name"]:
                yield item["name"], item

    def walk(self, module, path):
        for name, item in self.members(module):
            place = f"{path}::{name}"
            kind = next(iter(item["inner"]))
            if kind == "module":
                if item["id"] not in self.seen:
                    self.seen.add(item["id"])
                    self.lines.add(f"mod {place}")
                    self.walk(item, place)
            else:
                self.show(kind, item, place)

    def show(self, kind, item, place):
        inner = item["inner"][kind]
        open_ended = "#[non_exhaustive] " if any("non_exhaustive" in str(a) for a in item["attrs"]) else ""
        if kind == "function":
            self.lines.add(self.function(inner, place))
        elif kind == "constant":
            self.lines.add(f"const {place}: {self.type(inner['type'])}")
        elif kind == "static":
            self.lines.add(f"static {place}: {self.type(inner['type'])}")
        elif kind == "type_alias":
            self.lines.add(f"type {place}{self.generics(inner['generics'])} = {self.type(inner['type'])}")
        elif kind == "struct":
            self.lines.add(f"{open_ended}struct {place}{self.generics(inner['generics'])}")
            fields = inner["kind"].get("plain", {}).get("fields", []) if isinstance(inner["kind"], dict) else []
            if isinstance(inner["kind"], dict) and "tuple" in inner["kind"]:
                fields = [field for field in inner["kind"]["tuple"] if field is not None]
            self.fields(fields, place)
            self.impls(inner["impls"], place)
        elif kind == "enum":
            self.lines.add(f"{open_ended}enum {place}{self.generics(inner['generics'])}")
            for number in inner["variants"]:
                variant = self.item(number)
                self.lines.add(f"variant {place}::{variant['name']}")
                parts = variant["inner"]["variant"]["kind"]
                if isinstance(parts, dict):
                    fields = parts.get("tuple") or parts.get("struct", {}).get("fields", [])
                    self.fields([field for field in fields if field is not None], f"{place}::{variant['name']}")
            self.impls(inner["impls"], place)
        elif kind == "trait":
            self.lines.add(f"trait {place}{self.generics(inner['generics'])}{self.bounds(inner['bounds'], ': ')}")
            for number in inner["items"]:
                item = self.item(number)
                self.member(item, place)
                kind, inner = next(iter(item["inner"].items()))
                # Whoever implements the trait must write what has no default.
                if kind == "function" and not inner["has_body"] or kind == "assoc_type" and inner["type"] is None:
                    self.lines.add(f"required {place}::{item['name']}")
        else:
            self.lines.add(f"{kind} {place}")

    def fields(self, numbers, place):
        for number in numbers:
            field = self.item(number)
            if field is not None:
                self.lines.add(f"field {place}.{field['name']}: {self.type(field['inner']['struct_field'])}")

    def impls(self, numbers, place):
        for number in numbers:
            found = self.item(number)
            if found is None:
                continue
            inner = found["inner"]["impl"]
            if inner["trait"] is None:
                for member in inner["items"]:
                    item = self.item(member)
                    if item is not None and item["visibility"] == "public" and not hidden(item):
                        self.member(item, self.type(inner["for"]))
            elif inner["blanket_impl"] is None and not inner["is_synthetic"]:
                # To implement a trait of another crate shows none of its types.
                before = set(self.foreign)
                name = self.path(inner["trait"])
                self.foreign = before
                if "StructuralPartialEq" not in name:
                    of = self.type(inner["for"])
                    self.lines.add(f"impl {'!' if inner['is_negative'] else ''}{name} for {of}")

    def member(self, item, place):
        kind = next(iter(item["inner"]))
        inner = item["inner"][kind]
        where = f"{place}::{item['name']}"
        if kind == "function":
            self.lines.add(self.function(inner, where))
        elif kind == "assoc_const":
            self.lines.add(f"const {where}: {self.type(inner['type'])}")
        elif kind == "assoc_type":
            self.lines.add(f"type {where}{self.bounds(inner['bounds'], ': ')}")

    def function(self, inner, place):
        signature, header = inner["sig"], inner["header"]
        words = [word for word in ("const", "async", "unsafe") if header.get(f"is_{word}")]
        inputs = ", ".join(f"{name}: {self.type(of)}" for name, of in signature["inputs"])
        output = f" -> {self.type(signature['output'])}" if signature["output"] else ""
        return f"{' '.join(words + ['fn'])} {place}{self.generics(inner['generics'])}({inputs}){output}"

    def generics(self, generics):
        parts = []
        for parameter in generics["params"]:
            kind, inner = next(iter(parameter["kind"].items()))
            if kind == "lifetime" or (kind == "type" and not inner["is_synthetic"]):
                parts.append(parameter["name"] + (self.bounds(inner["bounds"], ": ") if kind == "type" else ""))
            elif kind == "const":
                parts.append(f"const {parameter['name']}: {self.type(inner['type'])}")
        for predicate in generics["where_predicates"]:
            if "bound_predicate" in predicate:
                bound = predicate["bound_predicate"]
                parts.append(f"{self.type(bound['type'])}{self.bounds(bound['bounds'], ': ')}")
        return f"<{', '.join(parts)}>" if parts else ""

    def bounds(self, bounds, before):
        parts = []
        for bound in bounds:
            kind, inner = next(iter(bound.items()))
            if kind == "trait_bound":
                maybe = "?" if inner["modifier"] == "maybe" else ""
                parts.append(maybe + self.path(inner["trait"]))
            elif kind == "outlives":
                parts.append(inner)
            elif kind == "use":
                parts.append("use<..>")
        return before + " + ".join(parts) if parts else ""

    def path(self, path):
        number = path["id"]
        summary = self.paths.get(str(number))
        if number in self.names:
            name = self.names[number]
        elif summary is not None:
            name = "::".join(summary["path"])
            if summary["crate_id"] != 0:
                self.foreign.add(self.crates[summary["crate_id"]])
        else:
            name = path.get("path") or path.get("name")
        return name + self.arguments(path.get("args"))

    def arguments(self, arguments):
        if not arguments:
            return ""
        if "parenthesized" in arguments:
            inner = arguments["parenthesized"]
            output = f" -> {self.type(inner['output'])}" if inner["output"] else ""
            return f"({', '.join(map(self.type, inner['inputs']))}){output}"
        inner = arguments.get("angle_bracketed") or {"args": [], "constraints": []}
        parts = []
        for argument in inner["args"]:
            kind, value = next(iter(argument.items())) if isinstance(argument, dict) else ("infer", "_")
            parts.append(self.type(value) if kind == "type" else value["expr"] if kind == "const" else value)
        for constraint in inner["constraints"]:
            binding = constraint["binding"]
            if "equality" in binding:
                parts.append(f"{constraint['name']} = {self.type(next(iter(binding['equality'].values())))}")
            else:
                parts.append(constraint["name"] + self.bounds(binding["constraint"], ": "))
        return f"<{', '.join(parts)}>" if parts else ""

    def type(self, of):
        if of == "infer":
            return "_"
        kind, inner = next(iter(of.items()))
        if kind in ("generic", "primitive"):
            return inner
        if kind == "resolved_path":
            return self.path(inner)
        if kind == "borrowed_ref":
            life = f"{inner['lifetime']} " if inner["lifetime"] else ""
            return f"&{life}{'mut ' if inner['is_mutable'] else ''}{self.type(inner['type'])}"
        if kind == "raw_pointer":
            return f"*{'mut' if inner['is_mutable'] else 'const'} {self.type(inner['type'])}"
        if kind == "tuple":
            return f"({', '.join(map(self.type, inner))})"
        if kind == "slice":
            return f"[{self.type(inner)}]"
        if kind == "array":
            return f"[{self.type(inner['type'])}; {inner['len']}]"
        if kind == "impl_trait":
            return f"impl{self.bounds(inner, ' ')}"
        if kind == "dyn_trait":
            return "dyn " + " + ".join(self.path(one["trait"]) for one in inner["traits"])
        if kind == "function_pointer":
            signature = inner["sig"]
            output = f" -> {self.type(signature['output'])}" if signature["output"] else ""
            return f"fn({', '.join(self.type(of) for _, of in signature['inputs'])}){output}"
        if kind == "qualified_path":
            return f"<{self.type(inner['self_type'])} as {self.path(inner['trait'])}>::{inner['name']}"
        raise ValueError(f"a type of kind {kind}")


def hidden(item):
    return any("doc(hidden)" in str(attribute) or "'hidden'" in str(attribute) for attribute in item["attrs"])


def main():
    interface = Interface(sys.argv[1])
    # Crates that come with Rust, or that the library re-exports.
    given = {"core", "alloc", "std"} | {line.split()[1].split("::")[0] for line in interface.lines if line.startswith("use ")}
    strange = interface.foreign - given
    if strange:
        sys.exit(f"the public interface shows types of crates that it does not re-export: {', '.join(sorted(strange))}")
    lines = sorted(interface.lines)
    if len(sys.argv) < 3:
        print("\n".join(lines))
        return
    with open(sys.argv[2]) as file:
        before = file.read().splitlines()
    gone, new = sorted(set(before) - set(lines)), sorted(set(lines) - set(before))
    for sign, some in ("-", gone), ("+", new):
        for line in some:
            print(sign, line)
    if gone or new:
        sys.exit(f"the public interface has changed: {len(gone)} lines gone, {len(new)} new; lines that are gone break those who use it")
    print(f"{len(lines)} public items, as before")


if __name__ == "__main__":
    main()
