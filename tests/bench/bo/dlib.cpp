// dlib's global search (LIPO and a trust region, King 2009-) as a searcher that is told over standard input:
//   new SEED D LOW HIGH INTEGER ...      ask -> numbers      tell LOSS
// It has no noise model and no failed trials.
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include <dlib/global_optimization.h>

int main () {
  std::unique_ptr<dlib::global_function_search> search;
  std::unique_ptr<dlib::function_evaluation_request> request;
  std::string word;
  while (std::cin >> word) {
    if (word == "new") {
      unsigned long seed, d;
      std::cin >> seed >> d;
      dlib::matrix<double, 0, 1> low(d), high(d);
      std::vector<bool> integer(d);
      for (unsigned long i = 0; i < d; i++) {
        int whole;
        std::cin >> low(i) >> high(i) >> whole;
        integer[i] = whole != 0;
      }
      search = std::make_unique<dlib::global_function_search>(dlib::function_spec(low, high, integer));
      search->set_seed(seed);
      search->set_solver_epsilon(0);
    } else if (word == "ask") {
      request = std::make_unique<dlib::function_evaluation_request>(search->get_next_x());
      for (long i = 0; i < request->x().size(); i++) std::printf("%.17g ", request->x()(i));
      std::printf("\n");
      std::fflush(stdout);
    } else {
      double loss;
      std::cin >> loss;
      request->set(-loss);   // it maximises
    }
  }
}
