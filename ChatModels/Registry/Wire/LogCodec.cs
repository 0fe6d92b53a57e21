using System.Text.Json;

namespace ChatModels.Registry.Wire;

/// <summary>Turns log entries into the store's JSON and back.</summary>
internal static class LogCodec
{
    /// <summary>A larger entry keeps only the ids of what it changed: the log is bounded, and one write must not push the others out.</summary>
    public const int MaxBytes = 1024 * 1024;

    public static byte[] Encode(LogRecord entry)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(entry, StoreJson.Default.LogRecord);
        return json.Length <= MaxBytes ? json : JsonSerializer.SerializeToUtf8Bytes(WithoutValues(entry), StoreJson.Default.LogRecord);
    }

    /// <summary>Reads an entry, also one of a newer schema as far as it can be; null where it can't be read.</summary>
    public static LogRecord? TryDecode(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, LenientStoreJson.Context.LogRecord);
        }
        catch (JsonException)
        {
            // The caller knows what follows from an entry that can't be read, and says so.
            return null;
        }
    }

    /// <summary>The revision of the first entry; null where there is none, or none that can be read.</summary>
    public static long? RevisionOf(IReadOnlyList<ReadOnlyMemory<byte>> entries) => entries is [var first, ..] ? TryDecode(first)?.Revision : null;

    private static LogRecord WithoutValues(LogRecord entry) =>
        entry with { IdsOnly = true, Changes = [.. entry.Changes.Select(c => new LogChange(c.Kind, c.Id, null, null))] };
}
