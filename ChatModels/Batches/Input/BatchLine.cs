using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ChatModels.Chat;

namespace ChatModels.Batches.Input;

/// <summary>One line of a batch's input.</summary>
/// <param name="CustomId">Its id as it stands there, quotes included.</param>
/// <param name="Body">The request.</param>
/// <param name="Model">The model that the request names.</param>
internal readonly record struct BatchLine(ReadOnlyMemory<byte> CustomId, ReadOnlyMemory<byte> Body, string Model)
{
    private const int LongestCustomId = 512;

    /// <summary>Reads a line, or says what is wrong with it; the mistake has no line number yet.</summary>
    public static BatchMistake? TryRead(ReadOnlyMemory<byte> line, string endpoint, out BatchLine read)
    {
        read = default;
        if (!Utf8.IsValid(line.Span) || !TryReadMembers(line, out var members))
        {
            return new BatchMistake("invalid_json_line", "This line is not parseable as valid JSON.", null, null);
        }

        if (Missing(members) is { } missing)
        {
            return new BatchMistake("missing_required_parameter", $"Missing required parameter: '{missing}'.", missing, null);
        }

        return CheckCustomId(members.CustomId) ?? CheckMethod(members.Method) ?? CheckUrl(members.Url, endpoint) ?? ReadBody(members, out read);
    }

    private static string? Missing(Members members) =>
        members.CustomId.IsEmpty ? "custom_id" : members.Method.IsEmpty ? "method" : members.Url.IsEmpty ? "url" : members.Body.IsEmpty ? "body" : null;

    private static BatchMistake? CheckCustomId(ReadOnlyMemory<byte> token) => Text(token) is { Length: > 0 and <= LongestCustomId }
        ? null
        : new BatchMistake("invalid_custom_id", $"'custom_id' must be a string of 1 to {LongestCustomId} characters.", "custom_id", null);

    private static BatchMistake? CheckMethod(ReadOnlyMemory<byte> token) =>
        Text(token) == "POST" ? null : new BatchMistake("invalid_method", "'method' must be 'POST'.", "method", null);

    private static BatchMistake? CheckUrl(ReadOnlyMemory<byte> token, string endpoint) => Text(token) == endpoint
        ? null
        : new BatchMistake("url_mismatch", $"The 'url' of every line must be the batch's endpoint, '{endpoint}'.", "url", null);

    private static BatchMistake? ReadBody(Members members, out BatchLine read)
    {
        read = default;
        if (members.Body.Span[0] != '{')
        {
            return new BatchMistake("invalid_type", "'body' must be an object: the request.", "body", null);
        }

        var json = new JsonScanner(members.Body.Span);
        json.TryTake((byte)'{');
        var (first, stream) = (true, (byte)'f');
        ReadOnlyMemory<byte> model = default;
        while (json.NextMember(ref first, out var name, out _))
        {
            var (kind, start) = (json.Peek(), json.Position);
            json.TrySkipValue();
            model = name.SequenceEqual("model"u8) ? members.Body[start..json.Position] : model;
            stream = name.SequenceEqual("stream"u8) ? kind : stream;
        }

        if (Text(model) is not { Length: > 0 } named)
        {
            return new BatchMistake("missing_required_parameter", "Missing required parameter: 'body.model'.", "body.model", null);
        }

        read = new BatchLine(members.CustomId, members.Body, named);
        return stream != 't' ? null : new BatchMistake("invalid_value", "'stream' must not be true in a batch; leave it out.", "body.stream", null);
    }

    private static bool TryReadMembers(ReadOnlyMemory<byte> line, out Members members)
    {
        members = default;
        var json = new JsonScanner(line.Span);
        if (!json.TryTake((byte)'{'))
        {
            return false;
        }

        var first = true;
        while (json.NextMember(ref first, out var name, out _))
        {
            json.Peek();
            var start = json.Position;
            if (!json.TrySkipValue())
            {
                return false;
            }

            members = members.With(name, line[start..json.Position]);
        }

        return !json.Broken && json.AtEnd();
    }

    /// <summary>The text of a string token; null where it is none.</summary>
    public static string? Text(ReadOnlyMemory<byte> token)
    {
        if (token.IsEmpty || token.Span[0] != '"')
        {
            return null;
        }

        if (!token.Span.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(token.Span[1..^1]);
        }

        var reader = new Utf8JsonReader(token.Span);
        try
        {
            reader.Read();
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // Half of a surrogate pair.
        }
    }

    private readonly record struct Members(ReadOnlyMemory<byte> CustomId, ReadOnlyMemory<byte> Method, ReadOnlyMemory<byte> Url, ReadOnlyMemory<byte> Body)
    {
        public Members With(ReadOnlySpan<byte> name, ReadOnlyMemory<byte> value) => name switch
        {
            _ when name.SequenceEqual("custom_id"u8) => this with { CustomId = value },
            _ when name.SequenceEqual("method"u8) => this with { Method = value },
            _ when name.SequenceEqual("url"u8) => this with { Url = value },
            _ when name.SequenceEqual("body"u8) => this with { Body = value },
            _ => this,
        };
    }
}
