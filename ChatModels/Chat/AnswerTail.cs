using ChatModels.Providers;

namespace ChatModels.Chat;

/// <summary>The last bytes of an answer that is too long to be kept: that is where providers say what it took.</summary>
internal sealed class AnswerTail
{
    private const int Most = 2 * 1024;

    private readonly byte[] _bytes = new byte[Most];
    private int _length;

    /// <summary>Adds a part of the answer, and forgets what is no longer among the last bytes.</summary>
    public void Keep(ReadOnlySpan<byte> part)
    {
        part = part[^int.Min(part.Length, Most)..];
        var kept = int.Min(_length, Most - part.Length);
        _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        part.CopyTo(_bytes.AsSpan(kept));
        _length = kept + part.Length;
    }

    /// <summary>The usage, where it stands in the last bytes. Text can't be taken for it: a quote in a text has its escape.</summary>
    public TokenUsage? ReadUsage(UpstreamOperation operation)
    {
        var bytes = _bytes.AsSpan(0, _length);
        var at = bytes.LastIndexOf("\"usage\""u8);
        if (at < 0)
        {
            return null;
        }

        var scanner = new JsonScanner(bytes[(at + "\"usage\"".Length)..]);
        var usage = default(TokenUsage);
        return scanner.TryTake((byte)':') && scanner.Peek() == '{'
            && (operation is UpstreamOperation.Messages ? UsageReader.TryReadMessages(ref scanner, ref usage) : UsageReader.TryRead(ref scanner, out usage))
            ? usage with { IsInputOnly = operation is UpstreamOperation.Embeddings }
            : null;
    }
}
