package dev.orthant.core.checkpoint;

import static dev.orthant.core.testing.TensorAssert.assertThatTensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.orthant.core.spi.ShapeMismatchException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

final class SafetensorsRoundTripTest {

  @TempDir Path folder;

  @Test
  void writesTheBytesOfTheFormatsDescription() throws IOException {
    // Laid out by hand after the format's description: F32 before F16, names sorted, header padded.
    Path file = folder.resolve("m.safetensors");

    new SafetensorsWriter()
        .add("h", Dtype.F16, new long[] {1}, () -> Nd4j.createFromArray(1f))
        .add("b", Nd4j.createFromArray(2f))
        .add("a", Nd4j.createFromArray(-1f))
        .metadata("format", "pt")
        .write(file);

    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]},"
            + "\"h\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[8,10]}}";
    int padded = (header.length() + 7) / 8 * 8;
    ByteBuffer expected = ByteBuffer.allocate(8 + padded + 10).order(ByteOrder.LITTLE_ENDIAN);
    expected.putLong(padded).put(header.getBytes(StandardCharsets.UTF_8));
    while (expected.position() < 8 + padded) {
      expected.put((byte) ' ');
    }
    expected.putFloat(-1f).putFloat(2f).putShort((short) 0x3c00);
    assertThat(Files.readAllBytes(file)).isEqualTo(expected.array());
  }

  @Test
  void keepsBitsShapesAndNames() {
    Path file = folder.resolve("m.safetensors");
    INDArray matrix = Nd4j.randn(DataType.FLOAT, 5, 7);
    INDArray odd =
        Nd4j.createFromArray(Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.MIN_VALUE, 1e-45f);

    new SafetensorsWriter()
        .add("matrix", matrix)
        .add("ünï\"cödé\n", odd)
        .add("scalar", Nd4j.scalar(3f))
        .add("empty", Nd4j.create(DataType.FLOAT, 0, 4))
        .addDoubles("d", new double[] {Math.PI, Double.MIN_VALUE}, 2, 1)
        .addLongs("n", new long[] {Long.MIN_VALUE, 7}, 2)
        .write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatTensor(open.read("matrix")).hasSameBitsAs(matrix);
      assertThatTensor(open.read("ünï\"cödé\n")).hasSameBitsAs(odd);
      assertThat(open.read("scalar").shape()).isEmpty();
      assertThat(open.read("scalar").getFloat(0)).isEqualTo(3f);
      assertThat(open.read("empty").shape()).containsExactly(0, 4);
      assertThat(open.readDoubles("d")).containsExactly(Math.PI, Double.MIN_VALUE);
      assertThat(open.read("d").getFloat(0)).isEqualTo((float) Math.PI);
      assertThat(open.readLongs("n")).containsExactly(Long.MIN_VALUE, 7);
    }
  }

  @Test
  void writesViewsAndTransposesInTheirLogicalOrder() {
    Path file = folder.resolve("m.safetensors");
    INDArray matrix = Nd4j.linspace(1, 12, 12, DataType.FLOAT).reshape('c', 3, 4);

    new SafetensorsWriter()
        .add("transpose", matrix.transpose())
        .add("column", matrix.getColumn(1))
        .write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatTensor(open.read("transpose")).hasSameBitsAs(matrix.transpose().dup('c'));
      assertThatTensor(open.read("column")).hasSameBitsAs(Nd4j.createFromArray(2f, 6f, 10f));
    }
  }

  @Test
  void movesTensorsOfSeveralChunks() {
    Path file = folder.resolve("m.safetensors");
    int n = 2 * ArrayTransfer.CHUNK + 3;
    INDArray big = Nd4j.linspace(0, n - 1, n, DataType.FLOAT).reshape('c', 1, n);
    double[] doubles = big.data().asDouble();

    new SafetensorsWriter().add("big", big).addDoubles("doubles", doubles, n).write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatTensor(open.read("big")).hasSameBitsAs(big);
      assertThat(open.readDoubles("big")).isEqualTo(doubles);
      assertThat(open.readDoubles("doubles")).isEqualTo(doubles);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16"})
  void keepsArraysOfEveryFloatingPointType(DataType type) {
    Path file = folder.resolve("m.safetensors");
    INDArray values = Nd4j.createFromArray(0.5f, -3f, 1024f).castTo(type);

    new SafetensorsWriter().add("t", values).write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatTensor(open.read("t")).hasSameBitsAs(Nd4j.createFromArray(0.5f, -3f, 1024f));
    }
  }

  @Test
  void keepsArraysOfWholeNumbers() {
    Path file = folder.resolve("m.safetensors");

    new SafetensorsWriter()
        .add("long", Nd4j.createFromArray(Long.MAX_VALUE, -2L))
        .add("int", Nd4j.createFromArray(Integer.MIN_VALUE, 3))
        .write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThat(open.info("int").dtype()).isEqualTo(Dtype.I32);
      assertThat(open.readLongs("long")).containsExactly(Long.MAX_VALUE, -2);
      assertThat(open.readLongs("int")).containsExactly(Integer.MIN_VALUE, 3);
    }
  }

  @Test
  void makesOneTensorAtATime() {
    Path file = folder.resolve("m.safetensors");
    List<String> made = new ArrayList<>();
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : List.of("c", "a", "b")) {
      writer.add(
          name,
          Dtype.F32,
          new long[] {2},
          () -> {
            made.add(name);
            return Nd4j.createFromArray(1f, 2f);
          });
    }

    assertThat(made).isEmpty();
    writer.write(file);

    assertThat(made).containsExactly("a", "b", "c");
  }

  @Test
  void copiesTensorsOfOtherTypesUnchanged() throws IOException {
    Path source = folder.resolve("source.safetensors");
    String header =
        "{\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"f\":{\"dtype\":\"F8_E4M3\",\"shape\":[3],\"data_offsets\":[8,11]}}";
    ByteBuffer bytes = ByteBuffer.allocate(8 + header.length() + 11).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
    bytes.putLong(-5).put(new byte[] {1, 2, 3});
    Files.write(source, bytes.array());
    Path target = folder.resolve("target.safetensors");

    try (SafetensorsFile open = SafetensorsFile.open(source)) {
      new SafetensorsWriter().copy("i", open, "i").copy("g", open, "f").write(target);
    }

    try (SafetensorsFile open = SafetensorsFile.open(target)) {
      assertThat(open.readLongs("i")).containsExactly(-5);
      assertThat(open.info("g")).isEqualTo(new TensorInfo(Dtype.F8_E4M3, new long[] {3}, 8, 11));
      assertThatThrownBy(() -> open.read("g"))
          .hasMessageContaining("tensor 'g' is F8_E4M3[3], expected one of F64, F32, F16, BF16");
      assertThatThrownBy(() -> open.read("i")).hasMessageContaining("is I64[1]");
    }
  }

  @Test
  void readsBeyondTwoGibibytes() throws IOException {
    // A sparse file: one tensor of 3 GiB of zeros, then the one that is wanted.
    Path file = folder.resolve("m.safetensors");
    long large = 3L << 30;
    String header =
        ("{\"large\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                + "\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}")
            .formatted(large, large, large, large + 8);
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
      start.putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8));
      out.write(start.array());
      out.seek(8 + header.length() + large);
      out.write(
          ByteBuffer.allocate(8)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putFloat(1.5f)
              .putFloat(-2f)
              .array());
    }

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatTensor(open.read("t")).hasSameBitsAs(Nd4j.createFromArray(1.5f, -2f));
      assertThatThrownBy(() -> open.readLongs("large"))
          .hasMessageContaining("has 3221225472 elements, a Java array holds at most");
    }
  }

  @Test
  void namesATensorThatIsNotThere() {
    Path file = folder.resolve("m.safetensors");
    new SafetensorsWriter().add("a", Nd4j.createFromArray(1f)).write(file);

    try (SafetensorsFile open = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> open.read("b"))
          .isInstanceOf(CheckpointException.class)
          .hasMessage(file + ": no tensor 'b' among its 1, which are a");
    }
  }

  @Test
  void refusesNamesThatNoReaderWouldFind() {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", Nd4j.createFromArray(1f));

    assertThatThrownBy(() -> writer.add("a", Nd4j.createFromArray(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two tensors are named 'a'");
    assertThatThrownBy(() -> writer.add("__metadata__", Nd4j.createFromArray(1f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be named __metadata__");
    assertThatThrownBy(() -> writer.addDoubles("d", new double[3], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor 'd' of shape [2, 2] needs 4 numbers, got 3");
  }

  @Test
  void leavesTheOldFileAndNothingElseWhenATensorFails() throws IOException {
    Path file = folder.resolve("m.safetensors");
    Files.writeString(file, "old");
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .add("a", Dtype.F32, new long[] {3}, () -> Nd4j.createFromArray(1f, 2f));

    assertThatThrownBy(() -> writer.write(file)).isInstanceOf(ShapeMismatchException.class);

    assertThat(Files.readString(file)).isEqualTo("old");
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(file);
    }
  }

  @Test
  void saysThatTheDiskIsFullAndLeavesNothing() throws IOException {
    Configuration small =
        Configuration.unix().toBuilder().setMaxSize(64 * 1024).setBlockSize(1024).build();
    try (FileSystem disk = Jimfs.newFileSystem(small)) {
      Path file = Files.createDirectory(disk.getPath("/models")).resolve("m.safetensors");
      SafetensorsWriter writer =
          new SafetensorsWriter().add("a", Nd4j.create(DataType.FLOAT, 1 << 17));

      assertThatThrownBy(() -> writer.write(file))
          .isInstanceOf(CheckpointException.class)
          .hasMessage("/models/m.safetensors: cannot be written: out of disk space");

      try (Stream<Path> left = Files.list(file.getParent())) {
        assertThat(left).isEmpty();
      }
    }
  }
}
