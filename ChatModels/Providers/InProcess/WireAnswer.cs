using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ChatModels.Providers.InProcess;

/// <summary>Writes a client's answer as <c>chat.completion</c>: its text, reasoning, refusal, the tool calls that wait for a result, and its usage.</summary>
internal static class WireAnswer
{
    public static ArrayBufferWriter<byte> Write(ChatResponse response, string model, DateTimeOffset now)
    {
        List<AIContent> contents = [.. response.Messages.Where(message => message.Role == ChatRole.Assistant).SelectMany(message => message.Contents)];
        var answered = response.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Select(result => result.CallId).ToHashSet(StringComparer.Ordinal);
        List<FunctionCallContent> calls = [.. contents.OfType<FunctionCallContent>().Where(call => !answered.Contains(call.CallId))];
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output, WireJson.Options);
        json.WriteStartObject();
        WireJson.WriteHead(json, "chat.completion", response.ResponseId ?? $"chatcmpl-{Guid.NewGuid():N}", response.ModelId ?? model, response.CreatedAt ?? now);
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        WriteMessage(json, contents, calls);
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, response.FinishReason?.Value ?? (calls.Count > 0 ? "tool_calls" : "stop"));
        json.WriteEndObject();
        json.WriteEndArray();
        if (response.Usage is { } usage)
        {
            WireJson.WriteUsage(json, usage);
        }

        json.WriteEndObject();
        return output;
    }

    private static void WriteMessage(Utf8JsonWriter json, List<AIContent> contents, List<FunctionCallContent> calls)
    {
        var text = string.Concat(contents.OfType<TextContent>().Select(content => content.Text));
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, text.Length == 0 && calls.Count > 0 ? null : text);
        json.WriteString("refusal"u8, contents.OfType<ErrorContent>().FirstOrDefault()?.Message);
        if (string.Concat(contents.OfType<TextReasoningContent>().Select(content => content.Text)) is { Length: > 0 } reasoning)
        {
            json.WriteString("reasoning_content"u8, reasoning);
        }

        if (calls.Count > 0)
        {
            json.WriteStartArray("tool_calls"u8);
            foreach (var call in calls)
            {
                json.WriteStartObject();
                WireJson.WriteFunction(json, call);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
