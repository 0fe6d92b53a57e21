using System.Text;
using ChatModels.Providers.Http.Plain;
using Xunit;

namespace ChatModels.Tests.Providers.Http;

public sealed class ChunkedDecoderTests
{
    private const string Encoded = "5\r\nHello\r\n1;x=y\r\n,\r\n0000A\r\n how are y\r\n4 \r\nou?\n\r\n0\r\nTrailer: a\r\n\r\nNEXT";
    private const string Decoded = "Hello, how are you?\n";

    [Fact]
    public void EveryCut_OfWhatComesAndOfTheRoom_GivesTheSame()
    {
        for (var piece = 1; piece <= Encoded.Length; piece++)
        {
            for (var room = 1; room <= Decoded.Length + 1; room++)
            {
                Assert.Equal((Decoded, "NEXT"), Decode(Encoded, piece, room));
            }
        }
    }

    /// <summary>Decodes with so many bytes more each time and so much room; says what came of it, and what was left.</summary>
    private static (string Decoded, string Left) Decode(string encoded, int piece, int room)
    {
        var input = Encoding.ASCII.GetBytes(encoded);
        var decoder = default(ChunkedDecoder);
        var text = new StringBuilder();
        var (start, end) = (0, 0);
        Span<byte> output = stackalloc byte[room];
        while (!decoder.IsAtEnd)
        {
            var used = decoder.Decode(input.AsSpan(start..end), output, out var written);
            text.Append(Encoding.ASCII.GetString(output[..written]));
            start += used;
            end = used == 0 && written == 0 ? Math.Min(end + piece, input.Length) : end;
        }

        return (text.ToString(), encoded[start..]);
    }
}
