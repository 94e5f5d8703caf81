package dev.espalier.pruning.calibrated;

import dev.espalier.pruning.PruningException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Curves in a file, as JSON, with what they were measured on: so that another sparsity needs no other measurement.
///
/// @param schemaVersion changes when a field's meaning does
/// @param model SHA-256 of the model's file, in hexadecimal
/// @param pattern that the zeros follow
public record CurvesFile(int schemaVersion, String model, String pattern, SensitivityCurves curves) {
    private static final int VERSION = 1;
    private static final long MOST_BYTES = 100_000_000;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// @param model the model's file
    public static CurvesFile of(Path model, String pattern, SensitivityCurves curves) throws IOException {
        return new CurvesFile(VERSION, digest(model), pattern, curves);
    }

    /// Reads curves that were measured on a model.
    ///
    /// @throws PruningException if it has none, or those of another model or pattern
    public static SensitivityCurves read(Path file, Path model, String pattern) throws IOException {
        CurvesFile read = parse(file);
        if (read.schemaVersion != VERSION || !isWhole(read.curves)) {
            throw broken(file, "it is not in version " + VERSION + " of their form");
        }
        if (!digest(model).equals(read.model)) {
            throw new PruningException(
                    "the curves are those of another model, or the model has changed since",
                    "file '" + file + "'",
                    "measure them again: name a file that does not exist");
        }
        if (!pattern.equals(read.pattern)) {
            throw new PruningException(
                    "the curves are those of the pattern " + read.pattern + ", not of " + pattern,
                    "file '" + file + "'",
                    "measure them again: name a file that does not exist");
        }
        return read.curves;
    }

    private static CurvesFile parse(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw broken(file, "it is too large");
        }
        try {
            return JSON.readValue(Files.readAllBytes(file), CurvesFile.class);
        } catch (JacksonException | NullPointerException e) {
            throw broken(
                    file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static PruningException broken(Path file, String why) {
        return new PruningException(
                "this is no file of curves: " + why, "file '" + file + "'", "measure them again, into another file");
    }

    private static boolean isWhole(SensitivityCurves curves) {
        List<Double> levels = curves.levels();
        boolean ascends = levels.size() > 1 && levels.getFirst() > 0 && levels.getLast() < 1;
        for (int i = 1; i < levels.size(); i++) {
            ascends &= levels.get(i - 1) < levels.get(i);
        }
        return ascends
                && curves.units().size() == curves.layers().size()
                && curves.layers().stream()
                        .allMatch(layer -> layer.divergences().size() == levels.size()
                                && layer.units() >= 0
                                && layer.divergences().stream().allMatch(Double::isFinite));
    }

    /// Writes the file, or nothing.
    public void write(Path file) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.write(part, JSON.writeValueAsBytes(this));
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String digest(Path model) throws IOException {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            try (InputStream in = new DigestInputStream(Files.newInputStream(model), sha)) {
                in.transferTo(OutputStream.nullOutputStream());
            }
            return HexFormat.of().formatHex(sha.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
