using System.Buffers;
using System.ClientModel.Primitives;
using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;
using WireMessage = OpenAI.Chat.ChatMessage;

namespace ChatModels.Providers.InProcess;

/// <summary>Reads a request in OpenAI's wire format as a chat client's messages and options.</summary>
internal static class WireRequest
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    public static (IReadOnlyList<ChatMessage> Messages, ChatOptions Options) Read(RequestBody body)
    {
        var bytes = new ArrayBufferWriter<byte>(body.Length);
        body.WriteTo(bytes);
        try
        {
            using var document = JsonDocument.Parse(bytes.WrittenMemory, Options);
            return (Messages(document.RootElement.GetProperty("messages")), WireOptions.Read(document.RootElement));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new WireMistakeException("The body is not a chat request.", null); // The chat path has read it before: only text that is no Unicode is left.
        }
    }

    private static List<ChatMessage> Messages(JsonElement messages)
    {
        var read = new List<ChatMessage>(messages.GetArrayLength());
        foreach (var message in messages.EnumerateArray())
        {
            read.Add(Message(message, read.Count));
        }

        return read;
    }

    // The SDK's reader knows every kind of message, but says what is wrong with one by whatever exception it happens to run into.
    private static ChatMessage Message(JsonElement json, int index)
    {
        try
        {
#pragma warning disable OPENAI001 // The reading context is marked as experimental; without it the SDK's types can't be read ahead of time compiled.
            var message = ModelReaderWriter.Read<WireMessage>(BinaryData.FromString(json.GetRawText()), ModelReaderWriterOptions.Json, OpenAIContext.Default);
#pragma warning restore OPENAI001
            return new WireMessage[] { message! }.AsChatMessages().Single();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new WireMistakeException($"'messages[{index}]' is no message that a chat client understands; check its role, content and tool_call_id.", $"messages[{index}]");
        }
    }
}

/// <summary>Leaves the reading of a request at its first mistake; never leaves the provider.</summary>
internal sealed class WireMistakeException(string message, string? param) : Exception(message)
{
    public string? Param { get; } = param;
}
