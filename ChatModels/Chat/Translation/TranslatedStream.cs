using System.Buffers;
using ChatModels.Providers;

namespace ChatModels.Chat.Translation;

/// <summary>A provider's stream in the caller's wire format. Pulled: nothing is read ahead of the reader, and no more than a few events are held.</summary>
internal sealed class TranslatedStream(Stream upstream, EventTranslator translator) : ReadOnlyStream
{
    // Enough events at once that a fast provider is not passed on in tiny pieces.
    private const int EnoughOutput = 16 * 1024;

    private readonly SseFrameReader _frames = new(upstream);
    private readonly ArrayBufferWriter<byte> _output = new(1024);
    private int _read;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_read == _output.WrittenCount && !(_ended && _output.WrittenCount == 0))
        {
            _output.ResetWrittenCount();
            _read = 0;
            if (!TranslateFrames() && !_ended && !await _frames.FillAsync(cancellationToken).ConfigureAwait(false))
            {
                _ended = true;
                TranslateRest();
            }
        }

        var count = int.Min(buffer.Length, _output.WrittenCount - _read);
        _output.WrittenMemory.Slice(_read, count).CopyTo(buffer);
        _read += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _frames.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool TranslateFrames()
    {
        var any = false;
        while (_output.WrittenCount < EnoughOutput && _frames.TryNext())
        {
            any = true;
            Translate(SseFrameReader.Data(_frames.Frame.Span));
            _frames.Release();
        }

        return any;
    }

    /// <summary>The last event may lack its blank line; a torn one is no event.</summary>
    private void TranslateRest()
    {
        try
        {
            Translate(SseFrameReader.Data(_frames.Rest.Span));
        }
        catch (InvalidDataException)
        {
            // The stream was cut in the middle of it; that the end is missing will be seen.
        }

        translator.End(_output);
    }

    private void Translate(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty)
        {
            return;
        }

        try
        {
            translator.Translate(data.ToArray(), _output);
        }
        catch (Exception e) when (WireJson.IsOfWrongType(e))
        {
            throw new InvalidDataException("The provider sent an event that is none in its protocol.", e);
        }
    }
}
