using System.Text.Json;

namespace ChatModels.Providers.Simulator;

/// <summary>How the simulator behaves for one model.</summary>
internal sealed record SimulatorBehaviour
{
    public TimeSpan TimeToFirstToken { get; init; }

    /// <summary>0 means: all at once.</summary>
    public double TokensPerSecond { get; init; }

    public bool Lorem { get; init; }

    public double ErrorRate { get; init; }

    public int ErrorStatus { get; init; } = 500;

    public long Seed { get; init; }

    public static SimulatorBehaviour Read(IReadOnlyDictionary<string, JsonElement> values, SimulatorBehaviour usual) => new()
    {
        TimeToFirstToken = values.ReadDuration("timeToFirstToken") ?? usual.TimeToFirstToken,
        TokensPerSecond = values.ReadNumber("tokensPerSecond") ?? usual.TokensPerSecond,
        Lorem = values.ReadText("reply") is { } reply ? reply == "lorem" : usual.Lorem,
        ErrorRate = values.ReadNumber("errorRate") ?? usual.ErrorRate,
        ErrorStatus = (int)(values.ReadWholeNumber("errorStatus") ?? usual.ErrorStatus),
        Seed = values.ReadWholeNumber("seed") ?? usual.Seed,
    };

    /// <summary>When the token of that number (the first is 0) is due, counted from the request's start.</summary>
    public TimeSpan DueOf(int token) =>
        TokensPerSecond > 0 ? TimeToFirstToken + TimeSpan.FromSeconds(token / TokensPerSecond) : TimeToFirstToken;
}
