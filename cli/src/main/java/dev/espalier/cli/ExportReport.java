package dev.espalier.cli;

import dev.espalier.pruning.Exporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What `export` did.
///
/// @param before what the input takes, external data included
/// @param after what the output takes
record ExportReport(
        int schemaVersion,
        String model,
        String output,
        FileSizes before,
        FileSizes after,
        List<Tensor> tensors,
        List<String> notes) {
    /// One tensor.
    record Tensor(
            String tensor,
            long elements,
            long zeros,
            String storedBefore,
            String stored,
            long bytesBefore,
            long bytes,
            List<String> repaired) {
        static Tensor of(Exporter.Tensor tensor) {
            return new Tensor(
                    tensor.value().path(),
                    tensor.elements(),
                    tensor.zeros(),
                    tensor.before(),
                    tensor.value().constant().orElseThrow().storage(),
                    tensor.bytesBefore(),
                    tensor.bytes(),
                    tensor.repaired());
        }
    }

    static ExportReport of(
            Path model, Path output, FileSizes before, FileSizes after, long irVersion, Exporter.Result result) {
        List<String> notes = new ArrayList<>();
        result.raisedIrVersion()
                .ifPresent(old -> notes.add(
                        "IR version raised from " + old + " to " + irVersion + ", the first with these encodings"));
        for (Exporter.Tensor tensor : result.tensors()) {
            tensor.repaired()
                    .forEach(what -> notes.add("repaired " + tensor.value().path() + ": " + what));
        }
        Map<String, Long> refusals = result.tensors().stream()
                .flatMap(tensor -> tensor.note().stream())
                .collect(Collectors.groupingBy(n -> n, LinkedHashMap::new, Collectors.counting()));
        refusals.forEach((reason, count) -> notes.add(
                "not stored otherwise, " + count + " of " + result.tensors().size() + " tensors: " + reason));
        return new ExportReport(
                JsonReport.SCHEMA_VERSION,
                model.toString(),
                output.toString(),
                before,
                after,
                result.tensors().stream().map(Tensor::of).toList(),
                notes);
    }

    void print(Console console) {
        console.out()
                .println(new TextTable<Tensor>()
                        .name("tensor", Tensor::tensor)
                        .number("elements", t -> Figures.count(t.elements))
                        .number("zeros %", t -> Figures.percent(t.zeros, t.elements))
                        .text("was", Tensor::storedBefore)
                        .number("bytes", t -> Figures.bytes(t.bytesBefore))
                        .text("is", Tensor::stored)
                        .number("bytes ", t -> Figures.bytes(t.bytes))
                        .render(tensors, console.columns()));
        console.out().println();
        notes.forEach(note -> console.out().println(note));
        console.out()
                .printf("%s  %s, gzip %s%n", model, Figures.bytes(before.bytes()), Figures.bytes(before.gzipped()));
        console.out()
                .printf(
                        "%s  %s (%s %%), gzip %s (%s %%)%n",
                        output,
                        Figures.bytes(after.bytes()),
                        Figures.percentOf(after.bytes(), before.bytes()),
                        Figures.bytes(after.gzipped()),
                        Figures.percentOf(after.gzipped(), before.gzipped()));
    }
}
