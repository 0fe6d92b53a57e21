using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ChatModels.Registry;

/// <summary>Names one state of one registry: which registry, how many writes it has seen, and which write was the last.</summary>
/// <param name="Epoch">Random, written once when the registry is born: tells a wiped store from an old one.</param>
/// <param name="Revision">Grows by one with each write.</param>
/// <param name="Stamp">Random per write: tells two histories apart that have reached the same revision.</param>
public sealed record RegistryHead(string Epoch, long Revision, string Stamp)
{
    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out RegistryHead? head)
    {
        var parts = text?.Split(':');
        head = parts is [{ Length: > 0 } epoch, var revision, { Length: > 0 } stamp]
               && long.TryParse(revision, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new RegistryHead(epoch, number, stamp)
            : null;
        return head is not null;
    }

    /// <summary><c>epoch:revision:stamp</c>, as the store keeps it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Revision}:{Stamp}");
}
