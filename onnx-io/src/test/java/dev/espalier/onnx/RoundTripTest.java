package dev.espalier.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import dev.espalier.onnx.proto.AttributeProto;
import dev.espalier.onnx.proto.FunctionProto;
import dev.espalier.onnx.proto.GraphProto;
import dev.espalier.onnx.proto.ModelProto;
import dev.espalier.onnx.proto.NodeDeviceConfigurationProto;
import dev.espalier.onnx.proto.NodeProto;
import dev.espalier.onnx.proto.StringStringEntryProto;
import dev.espalier.onnx.proto.TensorAnnotation;
import dev.espalier.onnx.proto.TensorProto;
import dev.espalier.onnx.proto.TrainingInfoProto;
import dev.espalier.onnx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is read and not changed is written as it was, message by message.
final class RoundTripTest {
    @TempDir
    private Path folder;

    private void comesOutAsItWentIn(List<Path> files) throws IOException {
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            ModelProto before = ModelProto.parseFrom(Files.readAllBytes(file));
            assertThat(written(OnnxReader.read(file))).as(file.toString()).isEqualTo(before);
        }
    }

    private ModelProto written(Model model) throws IOException {
        Path out = folder.resolve("out.onnx");
        OnnxWriter.write(model, out);
        return ModelProto.parseFrom(Files.readAllBytes(out));
    }

    @Test
    void samples() throws IOException {
        comesOutAsItWentIn(TestModels.samples());
    }

    @Test
    void sharedModels() throws IOException {
        comesOutAsItWentIn(TestModels.shared());
    }

    @Test
    void standardTests() throws IOException {
        comesOutAsItWentIn(TestModels.standard());
    }

    @Test
    void everyFieldOfAMessageAndUnknownOnes() throws IOException {
        UnknownFieldSet unknown = UnknownFieldSet.newBuilder()
                .addField(1000, UnknownFieldSet.Field.newBuilder().addVarint(7).build())
                .build();
        StringStringEntryProto entry = StringStringEntryProto.newBuilder()
                .setKey("key")
                .setValue("value")
                .build();
        TensorProto tensor = TensorProto.newBuilder()
                .setName("w")
                .setDataType(1)
                .addDims(1)
                .addFloatData(1)
                .setDocString("doc")
                .addMetadataProps(entry)
                .setUnknownFields(unknown)
                .build();
        NodeProto node = NodeProto.newBuilder()
                .addInput("x")
                .addInput("")
                .addInput("w")
                .addOutput("y")
                .addOutput("")
                .setOpType("Frob")
                .setDomain("some.domain")
                .setOverload("o")
                .setDocString("doc")
                .addMetadataProps(entry)
                .addDeviceConfigurations(
                        NodeDeviceConfigurationProto.newBuilder().setConfigurationId("c"))
                .addAttribute(AttributeProto.newBuilder().setName("of_tomorrow").setUnknownFields(unknown))
                .setUnknownFields(unknown)
                .build();
        GraphProto graph = GraphProto.newBuilder()
                .setName("g")
                .setDocString("doc")
                .addNode(node)
                .addInitializer(tensor)
                .addInput(ValueInfoProto.newBuilder().setName("x").setDocString("doc"))
                .addInput(ValueInfoProto.newBuilder().setName("w"))
                .addOutput(ValueInfoProto.newBuilder().setName("y").addMetadataProps(entry))
                .addValueInfo(ValueInfoProto.newBuilder().setName("nowhere"))
                .addQuantizationAnnotation(TensorAnnotation.newBuilder().setTensorName("w"))
                .addMetadataProps(entry)
                .setUnknownFields(unknown)
                .build();
        ModelProto before = ModelProto.newBuilder()
                .setIrVersion(99)
                .setGraph(graph)
                .addMetadataProps(entry)
                .addMetadataProps(entry)
                .addTrainingInfo(TrainingInfoProto.newBuilder().setAlgorithm(graph))
                .addFunctions(FunctionProto.newBuilder()
                        .setName("f")
                        .setDomain("d")
                        .addInput("a")
                        .addOutput("b")
                        .addAttribute("alpha")
                        .addNode(NodeProto.newBuilder()
                                .addInput("a")
                                .addOutput("b")
                                .setOpType("Elu")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("alpha")
                                        .setRefAttrName("alpha")))
                        .setUnknownFields(unknown))
                .setUnknownFields(unknown)
                .build();
        assertThat(written(OnnxReader.read(ByteBuffer.wrap(before.toByteArray()))))
                .isEqualTo(before);
    }

    @Test
    void graphsInTheFieldThatTheTypeDoesNotMean() throws IOException {
        GraphProto body = GraphProto.newBuilder().setName("body").build();
        ModelProto.Builder before = ModelProto.newBuilder().setIrVersion(8);
        before.getGraphBuilder()
                .addNode(NodeProto.newBuilder()
                        .setOpType("If")
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("none")
                                .setType(AttributeProto.AttributeType.GRAPHS)
                                .setG(body))
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("one")
                                .setType(AttributeProto.AttributeType.GRAPH)
                                .setG(body)
                                .addGraphs(body))
                        .addAttribute(AttributeProto.newBuilder()
                                .setName("missing")
                                .setType(AttributeProto.AttributeType.GRAPH)));
        ModelProto file = before.build();
        assertThat(written(OnnxReader.read(ByteBuffer.wrap(file.toByteArray()))))
                .isEqualTo(file);
    }
}
