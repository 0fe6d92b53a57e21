using System.Text.Json;
using System.Text.Json.Nodes;
using ChatModels.Chat.Translation.ToChat;
using ChatModels.Chat.Translation.ToMessages;
using ChatModels.Providers;
using ChatModels.Registry;

namespace ChatModels.Chat.Translation;

/// <summary>Serves a caller who speaks one wire format by a provider that speaks another: the request is rewritten, and so is the answer, event by event.</summary>
internal abstract class WireTranslation
{
    private const int MaxAnswer = 32 * 1024 * 1024;
    private static readonly WireTranslation[] All = [new ChatAsMessages(), new MessagesAsChat()];
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = JsonScanner.MaxDepth };

    /// <summary>What the caller speaks.</summary>
    protected abstract UpstreamOperation From { get; }

    /// <summary>What the provider speaks.</summary>
    public abstract UpstreamOperation To { get; }

    /// <summary>The translation for an operation that a provider does not serve itself; null where there is none.</summary>
    public static WireTranslation? Find(UpstreamOperation asked, IReadOnlyList<UpstreamOperation> served)
    {
        foreach (var translation in All)
        {
            if (translation.From == asked && served.Contains(translation.To))
            {
                return translation;
            }
        }

        return null;
    }

    /// <summary>The request in the provider's wire format, or why it can't be said there.</summary>
    /// <param name="request">As the caller sent it.</param>
    /// <param name="upstreamModel">The provider's name for the model.</param>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="deployment">Where it goes.</param>
    public (RequestBody? Body, ChatFailure? Failure) Translate(ChatRequest request, string upstreamModel, ModelEntry model, Deployment deployment)
    {
        var refusals = new Untranslatable(deployment);
        try
        {
            using var document = JsonDocument.Parse(request.Body, Deep);
            var body = Write(document.RootElement, request, model, deployment, refusals);
            body["model"] = upstreamModel;
            return refusals.Failure is { } failure ? (null, failure) : (new RequestBody(WireJson.Bytes(body)), null);
        }
        catch (Exception e) when (WireJson.IsOfWrongType(e))
        {
            return (null, new ChatFailure(ErrorCodes.InvalidRequest, 400, "The body has text that is not Unicode (half of a surrogate pair), a field given twice, or a value of the wrong type; correct it."));
        }
    }

    /// <summary>Gives a provider's answer the caller's wire format. A stream is translated as it is read; any other answer is read whole first.</summary>
    public async ValueTask<UpstreamReply> TranslateAsync(UpstreamReply reply, ChatRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        if (request.Stream)
        {
            return reply.ContentType?.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase) is true
                ? TranslatedReply.Of(reply, new TranslatedStream(reply.Body, Events(now)), null)
                : reply;
        }

        using var buffer = new PooledBuffer((int)long.Clamp(reply.ContentLength + 1 ?? 16 * 1024, 1, MaxAnswer));
        if (!await buffer.FillAsync(reply.Body, MaxAnswer, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidDataException($"The answer has more than {MaxAnswer} bytes.");
        }

        var answer = ReadAnswer(buffer.Memory, now);
        return TranslatedReply.Of(reply, new MemoryStream(answer, writable: false), answer.Length);
    }

    /// <summary>The request without its model.</summary>
    protected abstract JsonObject Write(JsonElement body, ChatRequest request, ModelEntry model, Deployment deployment, Untranslatable refusals);

    /// <summary>A whole answer in the caller's wire format. <paramref name="facts"/> has what was read of it in passing.</summary>
    protected abstract JsonObject Answer(JsonElement answer, in AnswerFacts facts, long now);

    /// <summary>Translates the events of one stream.</summary>
    protected abstract EventTranslator Events(long now);

    private byte[] ReadAnswer(ReadOnlyMemory<byte> json, long now)
    {
        var facts = default(AnswerFacts);
        if (!facts.TryRead(To, json.Span, out var kind) || kind != ObjectKind.Answer)
        {
            throw new InvalidDataException("That is no answer.");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Deep);
            return WireJson.Bytes(Answer(document.RootElement, facts, now));
        }
        catch (Exception e) when (WireJson.IsOfWrongType(e))
        {
            throw new InvalidDataException("The answer has something of the wrong type in it.", e);
        }
    }
}
