namespace ChatModels.Providers.Simulator;

/// <summary>What the simulator will say, decided before the first byte.</summary>
internal sealed record SimulatedAnswer
{
    public required string Id { get; init; }

    /// <summary>The part of the id from which those of the tool call and the request are made.</summary>
    public required string Key { get; init; }

    public required string Model { get; init; }

    public required long Created { get; init; }

    /// <summary>The text, or the tool call's arguments.</summary>
    public required string Text { get; init; }

    /// <summary>The tool called; null where the answer is text.</summary>
    public required string? Tool { get; init; }

    /// <summary>Tokens of <see cref="Text"/>.</summary>
    public required int Tokens { get; init; }

    public required string FinishReason { get; init; }

    public required int Choices { get; init; }

    public required int PromptTokens { get; init; }

    public required bool IncludeUsage { get; init; }

    public int CompletionTokens => Choices * Tokens;

    public static SimulatedAnswer To(SimulatorRequest request, SimulatorBehaviour behaviour, Chance chance, string model, long now)
    {
        var whole = request.Tool?.Arguments ?? (behaviour.Lorem ? Lorem.Write(chance.Words) : request.LastUserText);
        var tokens = SimulatorTokens.Count(whole);
        var isCut = request.MaxTokens < tokens;
        return new SimulatedAnswer
        {
            Id = $"chatcmpl-{chance.Id}",
            Key = chance.Id,
            Model = model,
            Created = now,
            Text = isCut ? whole[..SimulatorTokens.LengthOf(whole, request.MaxTokens!.Value)] : whole,
            Tool = request.Tool?.Name,
            Tokens = isCut ? request.MaxTokens!.Value : tokens,
            FinishReason = isCut ? "length" : request.Tool is null ? "stop" : "tool_calls",
            Choices = request.Choices,
            PromptTokens = request.PromptTokens,
            IncludeUsage = request.IncludeUsage,
        };
    }
}
