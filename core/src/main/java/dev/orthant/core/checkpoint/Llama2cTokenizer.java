package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A tokenizer in llama2.c's form, as Hugging Face's {@code tokenizer.json}: the pieces of a
 * SentencePiece BPE model with their scores, 3 special ones and 256 of single bytes first.
 *
 * <p>llama2.c joins, as long as there is one, the neighbours whose joint piece has the highest
 * score, the leftmost of equal ones. Hugging Face's BPE joins the pair of the lowest rank; pairs
 * are ranked by the score of what they make. Both give the same tokens unless two overlapping pairs
 * make the same piece.
 */
final class Llama2cTokenizer {

  /** Where a text begins. */
  static final int START = 1;

  /** Where a text ends. */
  static final int END = 2;

  private static final int BYTES = 3;
  private static final List<String> SPECIAL = List.of("<unk>", "<s>", "</s>");
  private static final String SPACE = "\u2581";

  private final Path file;
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<Float> scores = new ArrayList<>();

  /** A pair that makes a piece. */
  private record Merge(String left, String right, float score, int leftId, int rightId) {}

  /**
   * @param file for messages
   * @param bytes its contents
   * @param size the number of pieces, which the model tells
   * @throws CheckpointException if it is no such file
   */
  Llama2cTokenizer(Path file, byte[] bytes, int size) {
    this.file = file;
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    require(buffer, Integer.BYTES);
    int longest = buffer.getInt();
    for (int id = 0; id < size; id++) {
      require(buffer, Float.BYTES + Integer.BYTES);
      float score = buffer.getFloat();
      int length = buffer.getInt();
      if (length < 0 || length > Math.max(longest, "<0x00>".length())) {
        throw new CheckpointException(
            file,
            "piece %d has %d bytes, the longest should have %d; is it a tokenizer of llama2.c?"
                .formatted(id, length, longest),
            buffer.position());
      }
      require(buffer, length);
      add(id, text(buffer.slice().limit(length), id), score);
      buffer.position(buffer.position() + length);
    }
    if (buffer.hasRemaining()) {
      throw new CheckpointException(
          file,
          "has more than the %d pieces that the model has tokens for".formatted(size),
          buffer.position());
    }
  }

  private void require(ByteBuffer buffer, int length) {
    if (buffer.remaining() < length) {
      throw new CheckpointException(
          file,
          "ends after %d pieces; the model has more tokens, or it is no tokenizer of llama2.c"
              .formatted(scores.size()));
    }
  }

  private String text(ByteBuffer utf8, int id) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      throw new CheckpointException(file, "piece %d is not UTF-8".formatted(id), e);
    }
  }

  private void add(int id, String written, float score) {
    String piece = id < BYTES ? SPECIAL.get(id) : written.replace(" ", SPACE);
    boolean isByte = id >= BYTES && id < BYTES + 256;
    if (isByte && !piece.equals("<0x%02X>".formatted(id - BYTES))) {
      throw new CheckpointException(
          file, "piece %d is '%s', expected <0x%02X>".formatted(id, piece, id - BYTES));
    }
    Integer before = ids.put(piece, id);
    if (before != null) {
      throw new CheckpointException(
          file, "pieces %d and %d are both '%s'".formatted(before, id, piece));
    }
    scores.add(score);
  }

  /** The file as Hugging Face's tokenizers writes it. */
  ObjectNode json() {
    ObjectNode json = StrictJson.object().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (int id = 0; id < SPECIAL.size(); id++) {
      added
          .addObject()
          .put("id", id)
          .put("content", SPECIAL.get(id))
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    ObjectNode normalizer = json.putObject("normalizer").put("type", "Sequence");
    ArrayNode steps = normalizer.putArray("normalizers");
    steps.addObject().put("type", "Prepend").put("prepend", SPACE);
    replace(steps.addObject(), " ", SPACE);
    json.putNull("pre_tokenizer");
    processor(json.putObject("post_processor"));
    ObjectNode decoder = json.putObject("decoder").put("type", "Sequence");
    ArrayNode decoders = decoder.putArray("decoders");
    replace(decoders.addObject(), SPACE, " ");
    decoders.addObject().put("type", "ByteFallback");
    decoders.addObject().put("type", "Fuse");
    decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
    ObjectNode model =
        json.putObject("model")
            .put("type", "BPE")
            .putNull("dropout")
            .put("unk_token", SPECIAL.get(0))
            .putNull("continuing_subword_prefix")
            .putNull("end_of_word_suffix")
            .put("fuse_unk", true)
            .put("byte_fallback", true)
            .put("ignore_merges", false);
    ids.forEach(model.putObject("vocab")::put);
    ArrayNode merges = model.putArray("merges");
    merges().forEach(m -> merges.addArray().add(m.left()).add(m.right()));
    return json;
  }

  private static void replace(ObjectNode step, String pattern, String content) {
    step.put("type", "Replace");
    step.putObject("pattern").put("String", pattern);
    step.put("content", content);
  }

  private static void processor(ObjectNode processor) {
    String start = SPECIAL.get(START);
    processor.put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    part(single, "SpecialToken", start, 0);
    part(single, "Sequence", "A", 0);
    ArrayNode pair = processor.putArray("pair");
    part(pair, "SpecialToken", start, 0);
    part(pair, "Sequence", "A", 0);
    part(pair, "SpecialToken", start, 1);
    part(pair, "Sequence", "B", 1);
    ObjectNode special = processor.putObject("special_tokens").putObject(start).put("id", start);
    special.putArray("ids").add(START);
    special.putArray("tokens").add(start);
  }

  private static void part(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }

  /** All pairs of pieces whose joint piece there is, the highest score first. */
  private List<Merge> merges() {
    List<Merge> merges = new ArrayList<>();
    ids.forEach(
        (piece, id) -> {
          for (int i = 1; id >= BYTES && i < piece.length(); i++) {
            String left = piece.substring(0, i);
            String right = piece.substring(i);
            Integer leftId = ids.get(left);
            Integer rightId = ids.get(right);
            if (leftId != null && rightId != null) {
              merges.add(new Merge(left, right, scores.get(id), leftId, rightId));
            }
          }
        });
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .reversed()
            .thenComparingInt(Merge::leftId)
            .thenComparingInt(Merge::rightId));
    return merges;
  }

  /** What transformers should know of the tokens. */
  static ObjectNode config(int positions) {
    return StrictJson.object()
        .put("bos_token", SPECIAL.get(START))
        .put("eos_token", SPECIAL.get(END))
        .put("model_max_length", positions)
        .put("tokenizer_class", "PreTrainedTokenizerFast")
        .put("unk_token", SPECIAL.get(0));
  }
}
