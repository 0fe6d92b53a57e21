using ChatModels.Batches.Input;

namespace ChatModels.Batches.Running;

/// <summary>A line of a chunk that has no result yet.</summary>
/// <param name="Index">Its number in the batch's input; the first is 0.</param>
/// <param name="Input">The line.</param>
/// <param name="Model">The model it calls, by the model's own name.</param>
/// <param name="Lost">How many workers were lost while they tried it.</param>
internal sealed record ChunkLine(int Index, BatchLine Input, string Model, int Lost)
{
    /// <summary>So often is a line tried with which workers are lost.</summary>
    public const int MostLost = 3;

    public bool IsPoison => Lost >= MostLost;

    /// <summary>The next loss would be the last: whatever else is tried at the same time must not be mistaken for it.</summary>
    public bool IsSuspect => Lost == MostLost - 1;

    public bool IsAnswered { get; set; }
}
