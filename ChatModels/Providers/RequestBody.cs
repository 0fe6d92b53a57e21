using System.Buffers;

namespace ChatModels.Providers;

/// <summary>A JSON body as the caller sent it, with a few places replaced; the original bytes are never copied or changed.</summary>
/// <remarks>The bytes belong to whoever made it and must stay as they are until the request has ended.</remarks>
public sealed class RequestBody
{
    private readonly ReadOnlyMemory<byte> _original;
    private readonly BodyEdit[] _edits;

    /// <summary>A body without replacements.</summary>
    public RequestBody(ReadOnlyMemory<byte> original)
        : this(original, [])
    {
    }

    /// <summary><paramref name="edits"/> are ordered by offset and do not overlap.</summary>
    internal RequestBody(ReadOnlyMemory<byte> original, BodyEdit[] edits)
    {
        _original = original;
        _edits = edits;
        Length = original.Length;
        foreach (var edit in edits)
        {
            Length += edit.Replacement.Length - edit.Length;
        }
    }

    /// <summary>Bytes in all, after the replacements.</summary>
    public int Length { get; }

    /// <summary>Writes the body, after the replacements, to <paramref name="output"/>.</summary>
    public async ValueTask WriteToAsync(Stream output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var position = 0;
        foreach (var edit in _edits)
        {
            await output.WriteAsync(_original[position..edit.Offset], cancellationToken).ConfigureAwait(false);
            await output.WriteAsync(edit.Replacement, cancellationToken).ConfigureAwait(false);
            position = edit.Offset + edit.Length;
        }

        await output.WriteAsync(_original[position..], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the body, after the replacements, to <paramref name="output"/>.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var position = 0;
        foreach (var edit in _edits)
        {
            output.Write(_original.Span[position..edit.Offset]);
            output.Write(edit.Replacement.Span);
            position = edit.Offset + edit.Length;
        }

        output.Write(_original.Span[position..]);
    }
}

/// <summary>Puts <paramref name="Replacement"/> in the place of <paramref name="Length"/> bytes at <paramref name="Offset"/>.</summary>
internal readonly record struct BodyEdit(int Offset, int Length, ReadOnlyMemory<byte> Replacement);
