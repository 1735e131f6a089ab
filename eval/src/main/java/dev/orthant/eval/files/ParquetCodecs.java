package dev.orthant.eval.files;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Decompresses the pages of Parquet files: Snappy, gzip, Zstandard. */
final class ParquetCodecs implements CompressionCodecFactory {

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case UNCOMPRESSED -> new Page((bytes, size) -> bytes);
      case SNAPPY -> new Page((bytes, size) -> Snappy.uncompress(bytes));
      case GZIP ->
          new Page(
              (bytes, size) -> {
                try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                  return in.readAllBytes();
                }
              });
      case ZSTD -> new Page(Zstd::decompress);
      default ->
          throw new IllegalArgumentException(
              "pages are compressed by " + codec + ", known are SNAPPY, GZIP and ZSTD");
    };
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("files are only read");
  }

  @Override
  public void release() {}

  private interface Codec {
    byte[] decompress(byte[] bytes, int size) throws IOException;
  }

  private record Page(Codec codec) implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(page(bytes.toInputStream().readAllBytes(), size));
    }

    @Override
    public void decompress(ByteBuffer input, int compressed, ByteBuffer output, int size)
        throws IOException {
      byte[] bytes = new byte[compressed];
      input.get(bytes);
      output.put(page(bytes, size));
    }

    private byte[] page(byte[] bytes, int size) throws IOException {
      byte[] page = codec.decompress(bytes, size);
      if (page.length != size) {
        throw new IOException("a page has %d bytes, not %d".formatted(page.length, size));
      }
      return page;
    }

    @Override
    public void release() {}
  }
}
