using System.Net.ServerSentEvents;
using System.Text.Json;
using ChatModels.Chat;

namespace ChatModels.Tests.Properties;

/// <summary>What every client may expect of every answer, read by readers that are not ours.</summary>
internal static class WireRules
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    /// <summary>The rule that an answer breaks; null when it keeps them all.</summary>
    public static string? Broken(ChatReply reply, byte[] body) =>
        reply.Failure is { } failure ? OfFailure(failure, body) : reply.IsStream ? OfStream(reply, body) : OfAnswer(body);

    private static string? OfFailure(ChatFailure failure, byte[] body) =>
        failure.Status is < 400 or 500 or > 504 ? $"The status is {failure.Status}."
        : failure.UpstreamBody is not null ? IsError(body, allKeys: false)
        : IsError(body, allKeys: true);

    private static string? OfAnswer(byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Deep);
            var choices = json.RootElement.EnumerateObject().LastOrDefault(field => Name(field) == "choices").Value;
            return choices.ValueKind is JsonValueKind.Array ? null : "The answer has no choices.";
        }
        catch (JsonException exception)
        {
            return $"The answer is no JSON: {exception.Message}";
        }
    }

    private static string? OfStream(ChatReply reply, byte[] body)
    {
        var last = "";
        foreach (var item in SseParser.Create(new MemoryStream(body), (_, data) => System.Text.Encoding.UTF8.GetString(data)).Enumerate())
        {
            if (last == "[DONE]")
            {
                return "Something follows [DONE].";
            }

            last = item.Data;
            if (last != "[DONE]" && IsJson(last) is { } mistake)
            {
                return $"An event is no JSON: {mistake}: {last}";
            }
        }

        return last == "[DONE]" ? (reply.BrokenOff is null ? null : "A broken stream ends with [DONE].")
            : reply.BrokenOff is null ? "A stream ends with neither [DONE] nor an error."
            : IsError(System.Text.Encoding.UTF8.GetBytes(last), allKeys: true);
    }

    private static string? IsError(byte[] body, bool allKeys)
    {
        try
        {
            using var json = JsonDocument.Parse(body, Deep);
            var error = json.RootElement.GetProperty("error");
            return !allKeys || error.EnumerateObject().Select(field => field.Name).SequenceEqual(["message", "type", "param", "code"]) ? null : "The error lacks one of its four keys.";
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"The error is none: {exception.Message}";
        }
    }

    // Half a surrogate pair is good JSON and a bad string: the reader that is not ours throws at it, and would at a look for another field.
    private static string? Name(JsonProperty field)
    {
        try
        {
            return field.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? IsJson(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Deep);
            return null;
        }
        catch (JsonException exception)
        {
            return exception.Message;
        }
    }
}
