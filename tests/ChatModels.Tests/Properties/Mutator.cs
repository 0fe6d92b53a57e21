using System.Text;

namespace ChatModels.Tests.Properties;

/// <summary>Damages bytes the way senders do: a little at random, and often where a grammar is thin. The same random numbers give the same bytes.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0000", "\"model\":", "\"m\\u006fdel\":", "\"messages\":", "\"stream\":true", "\"stream_options\":",
            "\"include_usage\":", "\"tools\":[{}]", "null", "true", "false", "0", "-", "1e999", "-1", "99999999999999999999", "1.5", "\"\"", "{}", "[]", "\n", "\n\n", "\r\n\r\n", "\r", "data: ", "data:",
            "data: [DONE]\n\n", ": ping\n\n", "event: error\n", "id: 1\n", "retry: 5\n", "\"error\":{\"message\":\"x\"}", "\"error\":null", "\"choices\":[]", "\"usage\":{}", "\"usage\":null",
            "\"finish_reason\":\"stop\"", "\"delta\":{}", "\"index\":-1", "\"index\":1e9", "/*", "//", "\u2028", "\ufeff", " ", "\t", "\0", "é", "🙂", "<html>",
        }.Select(Encoding.UTF8.GetBytes),
        [0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf0, 0x9f],
    ];

    public byte[] Next()
    {
        List<byte> bytes = [.. corpus[random.Next(corpus.Count)]];
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            Change(bytes);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(random.Next(1, 24), bytes.Count - at);
        switch (random.Next(8))
        {
            case 0: bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]); break;
            case 1: bytes.RemoveRange(at, length); break;
            case 2: bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
            case 3 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 4: bytes.RemoveRange(at, random.Next(4) == 0 ? bytes.Count - at : 0); break;
            case 5: Replace(bytes, at, length); break;
            case 6 when random.Next(16) == 0: bytes.InsertRange(at, Enumerable.Repeat(random.Next(2) == 0 ? (byte)'[' : (byte)'{', random.Next(1, 600))); break;
            default: Splice(bytes, at); break;
        }
    }

    private void Replace(List<byte> bytes, int at, int length)
    {
        bytes.RemoveRange(at, length);
        bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
    }

    private void Splice(List<byte> bytes, int at)
    {
        var other = corpus[random.Next(corpus.Count)];
        var start = random.Next(other.Length + 1);
        bytes.InsertRange(at, other.AsSpan(start, Math.Min(random.Next(64), other.Length - start)).ToArray());
    }
}
