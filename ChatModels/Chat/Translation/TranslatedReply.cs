using ChatModels.Providers;

namespace ChatModels.Chat.Translation;

/// <summary>A provider's answer with another body; the answer itself ends with it.</summary>
internal sealed class TranslatedReply : UpstreamReply
{
    private readonly UpstreamReply _original;

    private TranslatedReply(UpstreamReply original) => _original = original;

    public static TranslatedReply Of(UpstreamReply original, Stream body, long? length) => new(original)
    {
        Status = original.Status,
        ContentType = original.ContentType,
        ContentLength = length,
        RetryAfter = original.RetryAfter,
        RequestId = original.RequestId,
        Body = body,
    };

    public override async ValueTask DisposeAsync()
    {
        await Body.DisposeAsync().ConfigureAwait(false);
        await _original.DisposeAsync().ConfigureAwait(false);
    }
}
