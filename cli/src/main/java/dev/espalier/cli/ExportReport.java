package dev.espalier.cli;

import dev.espalier.pruning.Exporter;
import dev.espalier.sparse.Rounded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `export` did.
///
/// @param before what the input takes, external data included
/// @param after what the output takes
/// @param inMemory what its packed weights take of memory and time; null if that was not asked for
record ExportReport(
        int schemaVersion,
        String model,
        String output,
        FileSizes before,
        FileSizes after,
        List<Tensor> tensors,
        List<String> notes,
        @Nullable InMemoryReport inMemory) {
    /// One tensor.
    ///
    /// @param largestError of the values that were rounded, as a share of the largest; null if every bit was kept
    /// @param rmsError the same, root mean square
    record Tensor(
            String tensor,
            long elements,
            long zeros,
            String storedBefore,
            String stored,
            long bytesBefore,
            long bytes,
            @Nullable Double largestError,
            @Nullable Double rmsError,
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
                    tensor.rounding().map(Rounded.Loss::largest).orElse(null),
                    tensor.rounding().map(Rounded.Loss::rms).orElse(null),
                    tensor.repaired());
        }
    }

    static ExportReport of(
            Path model,
            Path output,
            FileSizes before,
            FileSizes after,
            long irVersion,
            Exporter.Result result,
            @Nullable InMemoryReport inMemory) {
        List<String> notes = new ArrayList<>();
        result.raisedIrVersion()
                .ifPresent(old -> notes.add(
                        "IR version raised from " + old + " to " + irVersion + ", the first with these encodings"));
        for (Exporter.Tensor tensor : result.tensors()) {
            tensor.repaired()
                    .forEach(what -> notes.add("repaired " + tensor.value().path() + ": " + what));
        }
        Map<String, Long> exact = result.tensors().stream()
                .flatMap(tensor -> tensor.exactBecause().stream())
                .collect(Collectors.groupingBy(n -> n, LinkedHashMap::new, Collectors.counting()));
        exact.forEach((reason, count) -> notes.add(
                "values not rounded, " + count + " of " + result.tensors().size() + " tensors: " + reason));
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
                notes,
                inMemory);
    }

    void print(Console console) {
        TextTable<Tensor> table = new TextTable<Tensor>()
                .name("tensor", Tensor::tensor)
                .number("elements", t -> Figures.count(t.elements))
                .number("zeros %", t -> Figures.percent(t.zeros, t.elements))
                .text("was", Tensor::storedBefore)
                .number("bytes", t -> Figures.bytes(t.bytesBefore))
                .text("is", Tensor::stored)
                .number("bytes ", t -> Figures.bytes(t.bytes));
        if (tensors.stream().anyMatch(t -> t.largestError != null)) {
            table.number("error max %", t -> Figures.error(t.largestError))
                    .number("rms %", t -> Figures.error(t.rmsError));
        }
        console.out().println(table.render(tensors, console.columns()));
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
        if (inMemory != null) {
            inMemory.print(console);
        }
    }
}
