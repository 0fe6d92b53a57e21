using System.Buffers;

namespace ChatModels.Chat.Translation;

/// <summary>Translates one stream, event by event. It keeps a few counters and no text.</summary>
internal abstract class EventTranslator
{
    /// <summary>Writes what the event with this data is in the other protocol: nothing, or some events.</summary>
    public abstract void Translate(ReadOnlyMemory<byte> data, IBufferWriter<byte> output);

    /// <summary>The provider's stream has ended, well or not: a good end without its last event is made whole, a cut one stays cut.</summary>
    public virtual void End(IBufferWriter<byte> output)
    {
    }
}
