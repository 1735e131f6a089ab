package dev.orthant.eval.study;

import dev.orthant.core.checkpoint.CheckpointException;
import dev.orthant.core.finetune.AdapterFolder;
import dev.orthant.core.finetune.AdapterStart;
import dev.orthant.core.finetune.SavedAdapter;
import dev.orthant.core.nn.AdapterSet;
import dev.orthant.core.nn.Head;
import dev.orthant.core.nn.Transformer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The trained adapters that others start from. */
final class Starts {

  private final String baseFingerprint;
  private final Transformer encoder;
  private final Map<Path, String> digests = new ConcurrentHashMap<>();

  /**
   * @param baseFingerprint of the base model that starts of ours have to be of
   */
  Starts(String baseFingerprint, Transformer encoder) {
    this.baseFingerprint = baseFingerprint;
    this.encoder = encoder;
  }

  /** Gives adapters the values of a folder's. */
  void apply(Path folder, AdapterSet adapters) {
    if (AdapterFolder.isAt(folder)
        && !AdapterFolder.describe(folder).baseFingerprint().equals(baseFingerprint)) {
      throw new IllegalArgumentException(folder + " is of another base model than this study");
    }
    AdapterStart.apply(folder, adapters, encoder);
  }

  /**
   * The head of a folder of ours that is of the same task, with as many outputs; else the other.
   */
  Head head(Path folder, StudyTask task, Head otherwise) {
    if (!AdapterFolder.isAt(folder)) {
      return otherwise;
    }
    SavedAdapter saved = AdapterFolder.read(folder, encoder);
    boolean same =
        saved.description().task().equals(task.name())
            && saved.description().head().equals(otherwise.name())
            && sameShapes(saved, otherwise);
    return same ? encoder.heads().of(otherwise.name(), saved.head()) : otherwise;
  }

  private static boolean sameShapes(SavedAdapter saved, Head head) {
    return head.parameters().stream()
        .allMatch(
            p ->
                saved.head().containsKey(p.name())
                    && Arrays.equals(saved.head().get(p.name()).shape(), p.value().shape()));
  }

  /** The SHA-256 of a folder's tensors and PEFT's configuration. */
  String digest(Path folder) {
    return digests.computeIfAbsent(folder, Starts::read);
  }

  private static String read(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<Path> relevant =
          files
              .filter(
                  f -> f.toString().endsWith(".safetensors") || f.endsWith("adapter_config.json"))
              .filter(
                  f -> !f.endsWith("statistics.safetensors") && !f.endsWith("fisher.safetensors"))
              .sorted()
              .toList();
      for (Path file : relevant) {
        digest.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new CheckpointException(folder, "cannot be read: " + e.getMessage(), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
