package dev.orthant.core.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the files of BERT's tokenizers. */
final class WordPieceFiles {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG = "tokenizer_config.json";
  private static final int MAX_WORD_LENGTH = 100;

  private WordPieceFiles() {}

  /**
   * Reads a {@code vocab.txt}, one piece a line. How text is prepared is told by the {@code
   * tokenizer_config.json} beside it. Where that does not tell, it is lowered if no piece has a
   * capital letter; transformers would lower it always.
   *
   * @throws IllegalArgumentException if it lacks a special piece
   */
  static WordPieces vocabulary(Path vocab) {
    Map<String, Integer> ids = new HashMap<>();
    String[] lines = text(vocab).split("\n");
    for (int i = 0; i < lines.length; i++) {
      ids.put(lines[i].stripTrailing(), i);
    }
    Path config = vocab.resolveSibling(CONFIG);
    JsonNode options = Files.isRegularFile(config) ? parse(config) : JSON.createObjectNode();
    String unknown = piece(options, "unk_token", "[UNK]");
    String start = piece(options, "cls_token", "[CLS]");
    String end = piece(options, "sep_token", "[SEP]");
    Set<String> special = new LinkedHashSet<>(List.of(unknown, start, end));
    for (String rare : List.of("[PAD]", "[MASK]")) {
      String field = rare.equals("[PAD]") ? "pad_token" : "mask_token";
      String name = piece(options, field, rare);
      if (ids.containsKey(name)) {
        special.add(name);
      }
    }
    boolean lowercase =
        options.has("do_lower_case")
            ? options.path("do_lower_case").asBoolean()
            : isLowercase(ids.keySet(), special);
    JsonNode accents = options.path("strip_accents");
    BertWords words =
        new BertWords(
            true,
            options.path("tokenize_chinese_chars").asBoolean(true),
            accents.isBoolean() ? accents.asBoolean() : lowercase,
            lowercase);
    return named(vocab, words, ids, special, unknown, start, end, MAX_WORD_LENGTH);
  }

  private static boolean isLowercase(Set<String> pieces, Set<String> special) {
    return pieces.stream()
        .filter(p -> !special.contains(p) && !p.startsWith("[unused"))
        .noneMatch(p -> p.codePoints().anyMatch(Character::isUpperCase));
  }

  private static String piece(JsonNode options, String field, String otherwise) {
    JsonNode node = options.path(field);
    return node.isObject() ? node.path("content").asText(otherwise) : node.asText(otherwise);
  }

  /**
   * Reads a {@code tokenizer.json}.
   *
   * @throws IllegalArgumentException if it is not one of BERT's, naming every part that is not
   */
  static WordPieces json(Path file) {
    JsonNode root = parse(file);
    List<String> others = new ArrayList<>();
    JsonNode normalizer = root.path("normalizer");
    JsonNode model = root.path("model");
    require(others, normalizer, "normalizer", "BertNormalizer");
    require(others, root.path("pre_tokenizer"), "pre_tokenizer", "BertPreTokenizer");
    require(others, model, "model", "WordPiece");
    requireText(others, model, "continuing_subword_prefix", WordPieces.CONTINUATION);
    List<String> ends = ends(root.path("post_processor"), others);
    Set<String> special = new LinkedHashSet<>();
    for (JsonNode added : root.path("added_tokens")) {
      String content = added.path("content").asText();
      if (added.path("single_word").asBoolean() || added.path("normalized").asBoolean()) {
        others.add("added token '%s' is single_word or normalized".formatted(content));
      }
      special.add(content);
    }
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is not a tokenizer of BERT's kind: %s".formatted(file, String.join(", ", others)));
    }
    Map<String, Integer> ids = new HashMap<>();
    model.path("vocab").properties().forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
    for (JsonNode added : root.path("added_tokens")) {
      ids.put(added.path("content").asText(), added.path("id").asInt());
    }
    boolean lowercase = normalizer.path("lowercase").asBoolean(true);
    JsonNode accents = normalizer.path("strip_accents");
    BertWords words =
        new BertWords(
            normalizer.path("clean_text").asBoolean(true),
            normalizer.path("handle_chinese_chars").asBoolean(true),
            accents.isBoolean() ? accents.asBoolean() : lowercase,
            lowercase);
    return named(
        file,
        words,
        ids,
        special,
        model.path("unk_token").asText("[UNK]"),
        ends.get(0),
        ends.get(1),
        model.path("max_input_chars_per_word").asInt(MAX_WORD_LENGTH));
  }

  private static void require(List<String> others, JsonNode part, String name, String type) {
    String actual = part.path("type").asText("none");
    if (!actual.equals(type)) {
      others.add("%s is %s, expected %s".formatted(name, actual, type));
    }
  }

  private static void requireText(
      List<String> others, JsonNode part, String field, String expected) {
    String actual = part.path(field).asText(expected);
    if (!actual.equals(expected)) {
      others.add("%s is '%s', expected '%s'".formatted(field, actual, expected));
    }
  }

  /** The pieces before and after a text. */
  private static List<String> ends(JsonNode processor, List<String> others) {
    String type = processor.path("type").asText("none");
    if (type.equals("BertProcessing")) {
      return List.of(
          processor.path("cls").path(0).asText(), processor.path("sep").path(0).asText());
    }
    String single = template(processor.path("single"));
    String pair = template(processor.path("pair"));
    String[] parts = single.split(" ");
    if (type.equals("TemplateProcessing") && parts.length == 3) {
      String start = parts[0].replaceFirst(":0$", "");
      String end = parts[2].replaceFirst(":0$", "");
      String expected = "%s:0 A:0 %s:0".formatted(start, end);
      if (single.equals(expected) && pair.equals(expected + " B:1 %s:1".formatted(end))) {
        return List.of(start, end);
      }
    }
    others.add("post_processor is %s, expected [CLS] A [SEP] B [SEP]".formatted(type));
    return List.of("", "");
  }

  private static String template(JsonNode items) {
    List<String> parts = new ArrayList<>();
    for (JsonNode item : items) {
      JsonNode piece = item.has("Sequence") ? item.path("Sequence") : item.path("SpecialToken");
      parts.add(piece.path("id").asText() + ":" + piece.path("type_id").asInt());
    }
    return String.join(" ", parts);
  }

  private static WordPieces named(
      Path file,
      BertWords words,
      Map<String, Integer> ids,
      Set<String> special,
      String unknown,
      String start,
      String end,
      int maxWordLength) {
    try {
      return new WordPieces(words, ids, special, unknown, start, end, maxWordLength);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " " + e.getMessage(), e);
    }
  }

  private static JsonNode parse(Path file) {
    try {
      return JSON.readTree(text(file));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "%s is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
