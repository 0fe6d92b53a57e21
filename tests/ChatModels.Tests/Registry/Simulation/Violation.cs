using System.Runtime.CompilerServices;

namespace ChatModels.Tests.Registry.Simulation;

/// <summary>Something that must never happen has happened.</summary>
internal sealed class SimulationViolationException(string message) : Exception(message)
{
    public static void Unless(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ViolationMessage message)
    {
        if (!holds)
        {
            throw new SimulationViolationException(message.ToString());
        }
    }
}

/// <summary>A sentence that is only put together when it is needed: what holds is asked millions of times.</summary>
[InterpolatedStringHandler]
internal ref struct ViolationMessage
{
    private DefaultInterpolatedStringHandler _text;

    public ViolationMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = isNeeded ? new DefaultInterpolatedStringHandler(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public override string ToString()
    {
        var text = _text.ToStringAndClear();
        return $"{char.ToUpperInvariant(text[0])}{text[1..]}.";
    }
}
