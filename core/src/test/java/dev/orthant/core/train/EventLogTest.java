package dev.orthant.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.protobuf.UnknownFieldSet;
import org.tensorflow.framework.Summary;
import org.tensorflow.hadoop.util.TFRecordReader;

/**
 * What is written is read by TensorFlow's own reader of records, which checks the checksums, and by
 * the classes that its definition of a summary generates.
 */
final class EventLogTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

  @TempDir private Path folder;

  @Test
  void tensorFlowReadsTheScalarsOfEveryRecord() throws IOException {
    EventLog log = new EventLog(folder, CLOCK);

    log.restart(List.of());
    log.append(entry(10, Map.of("loss", 0.5)));
    log.append(entry(300, Map.of("eval_accuracy", 0.75)));

    List<UnknownFieldSet> events = events();
    assertThat(events).hasSize(3);
    assertThat(events.get(0).getField(3).getLengthDelimitedList().get(0).toStringUtf8())
        .isEqualTo("brain.Event:2");
    assertThat(events).allMatch(event -> wallTime(event) == 1_700_000_000.25);
    assertThat(step(events.get(1))).isEqualTo(10);
    assertThat(scalars(events.get(1)))
        .containsExactlyInAnyOrderEntriesOf(Map.of("train/epoch", 1f, "train/loss", 0.5f));
    assertThat(step(events.get(2))).isEqualTo(300);
    assertThat(scalars(events.get(2))).containsEntry("eval/accuracy", 0.75f);
  }

  @Test
  void aResumedTrainingBeginsWithTheRecordsOfItsCheckpoint() throws IOException {
    EventLog log = new EventLog(folder, CLOCK);
    log.restart(List.of());
    log.append(entry(10, Map.of("loss", 0.5)));
    log.append(entry(20, Map.of("loss", 0.4)));

    new EventLog(folder, CLOCK).restart(List.of(entry(10, Map.of("loss", 0.5))));

    assertThat(events()).hasSize(2);
  }

  @Test
  void whatIsNoNumberIsLeftOut() throws IOException {
    EventLog log = new EventLog(folder, CLOCK);

    log.restart(List.of(entry(10, Map.of("eval_pearson", "NaN"))));

    assertThat(scalars(events().get(1))).containsOnlyKeys("train/epoch");
  }

  @Test
  void theReaderWouldSeeABrokenRecord() throws IOException {
    EventLog log = new EventLog(folder, CLOCK);
    log.restart(List.of());
    Path file = folder.resolve(EventLog.NAME);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 5] ^= 1;
    Files.write(file, bytes);

    assertThatThrownBy(this::events).isInstanceOf(IOException.class);
  }

  private List<UnknownFieldSet> events() throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(EventLog.NAME));
    TFRecordReader reader = new TFRecordReader(new ByteArrayInputStream(bytes), true);
    List<UnknownFieldSet> events = new ArrayList<>();
    for (byte[] record = reader.read(); record != null; record = reader.read()) {
      events.add(UnknownFieldSet.parseFrom(record));
    }
    return events;
  }

  private static double wallTime(UnknownFieldSet event) {
    return Double.longBitsToDouble(event.getField(1).getFixed64List().get(0));
  }

  private static long step(UnknownFieldSet event) {
    return event.getField(2).getVarintList().get(0);
  }

  private static Map<String, Float> scalars(UnknownFieldSet event) throws IOException {
    Map<String, Float> scalars = new LinkedHashMap<>();
    Summary.parseFrom(event.getField(5).getLengthDelimitedList().get(0))
        .getValueList()
        .forEach(value -> scalars.put(value.getTag(), value.getSimpleValue()));
    return scalars;
  }

  private static Map<String, Object> entry(int step, Map<String, Object> values) {
    Map<String, Object> entry = new LinkedHashMap<>(Map.of("step", step, "epoch", 1.0));
    entry.putAll(values);
    return entry;
  }
}
