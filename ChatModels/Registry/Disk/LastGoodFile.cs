using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatModels.Registry.Stores;

namespace ChatModels.Registry.Disk;

/// <summary>The last good registry as a file: one line with the head and a checksum of everything, then the entities as they are stored.</summary>
internal static class LastGoodFile
{
    /// <summary>The most that is written or read: many times what 10,000 models take.</summary>
    public const int MostBytes = 256 * 1024 * 1024;

    private const string Magic = "chatmodels-registry/1";
    private const int MostHeaderBytes = 512;

    public static byte[] Encode(StoreImage image)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartArray();
            foreach (var entity in image.Entities)
            {
                json.WriteStartObject();
                json.WriteString("kind"u8, entity.Kind == EntityKind.Provider ? "provider"u8 : "model"u8);
                json.WriteString("id"u8, entity.Id);
                json.WritePropertyName("entity"u8);
                json.WriteRawValue(entity.Json!.Value.Span, skipInputValidation: true);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        var header = Encoding.UTF8.GetBytes($"{Magic} {image.Head} {Checksum(image.Head, body.WrittenSpan)}\n");
        return [.. header, .. body.WrittenSpan];
    }

    /// <summary>Reads what <see cref="Encode"/> wrote. Throws <see cref="InvalidDataException"/> with a sentence for the log where it is anything else.</summary>
    public static StoreImage Decode(ReadOnlyMemory<byte> bytes)
    {
        var end = bytes.Span[..Math.Min(bytes.Length, MostHeaderBytes)].IndexOf((byte)'\n');
        var words = end < 0 ? [] : Encoding.UTF8.GetString(bytes.Span[..end]).Split(' ');
        if (words is not [Magic, var headText, var checksum] || !RegistryHead.TryParse(headText, out var head))
        {
            throw new InvalidDataException("it does not begin like one");
        }

        var body = bytes[(end + 1)..];
        return Checksum(head, body.Span) == checksum
            ? new StoreImage(head, Entities(body))
            : throw new InvalidDataException("its checksum is not that of its content");
    }

    private static string Checksum(RegistryHead head, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{head}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static List<StoredEntity> Entities(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            List<StoredEntity> entities = new(document.RootElement.GetArrayLength());
            foreach (var item in document.RootElement.EnumerateArray())
            {
                var kind = item.GetProperty("kind").ValueEquals("provider"u8) ? EntityKind.Provider : EntityKind.Model;
                entities.Add(new StoredEntity(kind, item.GetProperty("id").GetString()!, Encoding.UTF8.GetBytes(item.GetProperty("entity").GetRawText())));
            }

            return entities;
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException("its content is not what its checksum promises", damage);
        }
    }
}
