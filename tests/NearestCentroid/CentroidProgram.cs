using System.IO.Hashing;
using System.Runtime.InteropServices;
using RedisML.Models;
using RedisML.Runs.Exchange;
using RedisML.Training;

namespace RedisML.NearestCentroid;

/// <summary>Trains centroids, a pass a step.</summary>
sealed class CentroidProgram(TrainingContext context) : TabularProgram(context)
{
    protected override Solution Solve(TabularData data)
    {
        int width = data.Layout.Width, classes = data.Pipeline.Label.Classes!.Count;
        var state = new State(new double[classes * width]);
        data.Exchange.Commit(state);
        int passes = Context.Options.Integer(CentroidAlgorithm.PassesName, 0);
        while (state.Pass <= passes)
        {
            var sum = data.Sum(new CentroidTerm(data.Layout, classes, isFirst: state.Pass == 0), state.Centroids);
            state.Move(sum, classes, width);
            data.Exchange.Commit(state);
            data.Report(state.Pass, state.Loss, data.Rows * state.Pass);
        }
        return new()
        {
            Parameters = [new(CentroidAlgorithm.ParameterName, new Tensor(state.Centroids, classes, width))],
            Loss = state.Loss,
            Iterations = passes,
            Evaluations = state.Pass,
        };
    }

    sealed class State(double[] centroids) : IReplicatedState
    {
        public double[] Centroids { get; } = centroids;

        public double Loss { get; private set; }

        public int Pass { get; private set; }

        public ulong Digest => XxHash3.HashToUInt64(MemoryMarshal.AsBytes<double>(Centroids), Pass);

        public void Move(double[] sum, int classes, int width)
        {
            for (int i = 0; i < Centroids.Length; i++) Centroids[i] = sum[i] / sum[classes * width + i / width];
            Loss = sum[^2] / sum[^1];
            Pass++;
        }

        public void Write(BinaryWriter writer)
        {
            writer.Write(Pass);
            writer.Write(Loss);
            writer.Write(MemoryMarshal.AsBytes<double>(Centroids));
        }

        public void Read(BinaryReader reader)
        {
            (Pass, Loss) = (reader.ReadInt32(), reader.ReadDouble());
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(Centroids.AsSpan()));
        }
    }
}
