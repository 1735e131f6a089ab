package dev.orthant.core.checkpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the {@code tokenizer.json} of a BERT from its {@code vocab.txt}, one piece a line. */
final class BertTokenizerJson {

  private static final String UNKNOWN = "[UNK]";
  private static final String START = "[CLS]";
  private static final String END = "[SEP]";
  private static final List<String> SPECIAL = List.of("[PAD]", UNKNOWN, START, END, "[MASK]");

  private final Map<String, Integer> ids = new LinkedHashMap<>();

  /**
   * @param file for messages
   * @param vocabulary the contents of {@code vocab.txt}
   * @throws CheckpointException if a special piece is missing or a piece is there twice
   */
  BertTokenizerJson(Path file, String vocabulary) {
    String[] lines = vocabulary.split("\n");
    for (int i = 0; i < lines.length; i++) {
      String piece = lines[i].stripTrailing();
      Integer before = ids.put(piece, i);
      if (before != null) {
        throw new CheckpointException(
            file, "has the piece '%s' in lines %d and %d".formatted(piece, before + 1, i + 1));
      }
    }
    for (String piece : SPECIAL) {
      if (!ids.containsKey(piece)) {
        throw new CheckpointException(file, "has no piece '%s'".formatted(piece));
      }
    }
  }

  /** The number of pieces. */
  int size() {
    return ids.size();
  }

  /** Whether text is lowered: where no piece has a capital letter, but for those in brackets. */
  boolean isLowercase() {
    return ids.keySet().stream()
        .filter(piece -> !piece.matches("\\[.*]"))
        .noneMatch(piece -> piece.codePoints().anyMatch(Character::isUpperCase));
  }

  /** The file as Hugging Face's tokenizers writes it. */
  ObjectNode json() {
    ObjectNode json = StrictJson.object().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    ArrayNode added = json.putArray("added_tokens");
    for (String piece : SPECIAL) {
      added
          .addObject()
          .put("id", ids.get(piece))
          .put("content", piece)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    json.putObject("normalizer")
        .put("type", "BertNormalizer")
        .put("clean_text", true)
        .put("handle_chinese_chars", true)
        .putNull("strip_accents")
        .put("lowercase", isLowercase());
    json.putObject("pre_tokenizer").put("type", "BertPreTokenizer");
    ObjectNode processor = json.putObject("post_processor").put("type", "TemplateProcessing");
    ArrayNode single = processor.putArray("single");
    ArrayNode pair = processor.putArray("pair");
    for (ArrayNode template : List.of(single, pair)) {
      part(template, "SpecialToken", START, 0);
      part(template, "Sequence", "A", 0);
      part(template, "SpecialToken", END, 0);
    }
    part(pair, "Sequence", "B", 1);
    part(pair, "SpecialToken", END, 1);
    ObjectNode special = processor.putObject("special_tokens");
    for (String piece : List.of(START, END)) {
      ObjectNode token = special.putObject(piece).put("id", piece);
      token.putArray("ids").add(ids.get(piece));
      token.putArray("tokens").add(piece);
    }
    json.putObject("decoder").put("type", "WordPiece").put("prefix", "##").put("cleanup", true);
    ObjectNode model =
        json.putObject("model")
            .put("type", "WordPiece")
            .put("unk_token", UNKNOWN)
            .put("continuing_subword_prefix", "##")
            .put("max_input_chars_per_word", 100);
    ObjectNode vocabulary = model.putObject("vocab");
    ids.forEach(vocabulary::put);
    return json;
  }

  private static void part(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }
}
